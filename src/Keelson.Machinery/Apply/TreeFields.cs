using System.Runtime.InteropServices;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>The set of all fields that an object mentions: its leaves, its list elements and map entries.</summary>
internal sealed class TreeFields
{
    private readonly List<FieldEntry> _stack = [];

    public static FieldSet Of(MergeShape shape, Tree tree)
    {
        TreeFields fields = new();
        fields.Walk(shape, tree);
        return fields.Take(0);
    }

    /// <summary>Leaves the children of a place on the stack; true when the place itself is a leaf.</summary>
    private bool Walk(MergeShape shape, Tree tree)
    {
        MergeKind kind = shape.KindFor(tree);
        if (kind == MergeKind.Scalar || shape.IsAtomic(kind))
        {
            return true;
        }

        if (kind == MergeKind.Map && tree is ObjectTree node)
        {
            foreach (KeyValuePair<string, Tree> field in node.AsSpan())
            {
                shape.TryChild(field.Key, out MergeShape child, out bool isNamed);

                // Null and {} have no leaves to speak for them, so they are members themselves.
                bool isEmpty = field.Value is NullTree or ObjectTree { Count: 0 };
                Visit(PathElement.OfField(field.Key), child, field.Value, isEmpty || !isNamed);
            }
        }
        else if (kind == MergeKind.List && tree is ListTree list)
        {
            ElementIndex index = ElementIndex.Of(shape, list.Items);
            for (int i = 0; i < list.Items.Count; i++)
            {
                if (index.Group(i).Length == 1)
                {
                    Visit(index.Elements[i], shape.Element, list.Items[i], isMember: true);
                }
                else if (index.IsFirst(i))
                {
                    // Duplicates are owned as a whole.
                    _stack.Add(new(index.Elements[i], true, null));
                }
            }
        }

        return false;
    }

    private void Visit(PathElement element, MergeShape shape, Tree tree, bool isMember)
    {
        int bottom = _stack.Count;
        isMember |= Walk(shape, tree);
        FieldSet? children = _stack.Count > bottom ? Take(bottom) : null;
        if (isMember || children is not null)
        {
            _stack.Add(new(element, isMember, children));
        }
    }

    private FieldSet Take(int bottom)
    {
        FieldSet set = FieldSet.FromUnsorted(CollectionsMarshal.AsSpan(_stack)[bottom..]);
        CollectionsMarshal.SetCount(_stack, bottom);
        return set;
    }
}
