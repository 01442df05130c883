using System.Globalization;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>
/// Checks that a tree fits its schema; the texts are upstream's, which clients see when they apply nonsense.
/// </summary>
internal sealed class TreeValidation(bool allowDuplicates)
{
    private readonly List<string> _errors = [];

    /// <summary>The text of everything that is wrong, null when nothing is.</summary>
    public static string? Validate(TypeSchema schema, Tree tree, bool allowDuplicates)
    {
        TreeValidation validation = new(allowDuplicates);
        validation.Walk(new(schema), tree, null);
        return validation._errors.Count switch
        {
            0 => null,
            1 => validation._errors[0],
            _ => "errors:\n  " + string.Join("\n  ", validation._errors),
        };
    }

    private void Walk(MergeShape shape, Tree tree, Place? place)
    {
        if (tree is NullTree)
        {
            return;
        }

        switch (shape.KindFor(tree))
        {
            case MergeKind.Map when tree is ObjectTree node:
                WalkFields(shape, node, place);
                break;
            case MergeKind.Map:
                Fail(place, $"expected map, got &{{{GoTree.Verb(tree)}}}");
                break;
            case MergeKind.List when tree is ListTree list:
                WalkItems(shape, list, place);
                break;
            case MergeKind.List:
                Fail(place, $"expected list, got &{{{GoTree.Verb(tree)}}}");
                break;
            default:
                CheckScalar(shape.Type, tree, place);
                break;
        }
    }

    private void WalkFields(MergeShape shape, ObjectTree node, Place? place)
    {
        foreach (KeyValuePair<string, Tree> field in node.AsSpan())
        {
            Place below = new(place, PathElement.OfField(field.Key));
            if (!shape.TryChild(field.Key, out MergeShape child, out _))
            {
                Fail(below, "field not declared in schema");
                return;
            }

            Walk(child, field.Value, below);
        }
    }

    private void WalkItems(MergeShape shape, ListTree list, Place? place)
    {
        HashSet<PathElement>? seen = shape.IsAtomic(MergeKind.List) ? null : [];
        for (int i = 0; i < list.Items.Count; i++)
        {
            PathElement element = PathElement.OfIndex(i);
            if (seen is not null)
            {
                try
                {
                    element = shape.ElementOf(list.Items[i]);
                }
                catch (TypedValueException failure)
                {
                    Fail(place, string.Create(CultureInfo.InvariantCulture, $"element {i}: {failure.Message}"));
                    return;
                }

                if (!seen.Add(element) && !allowDuplicates)
                {
                    Fail(place, "duplicate entries for key " + element);
                }
            }

            Walk(shape.Element, list.Items[i], new(place, element));
        }
    }

    private void CheckScalar(TypeSchema type, Tree tree, Place? place)
    {
        switch (type.Type)
        {
            case SchemaType.Integer or SchemaType.Number when tree is not (IntegerTree or FloatTree):
                Fail(place, "expected numeric (int or float), got " + GoTree.TypeVerb(tree));
                break;
            case SchemaType.String when type.Format is "" or "byte" && tree is not TextTree:
                Fail(place, $"expected string, got &value.valueUnstructured{{Value:{GoTree.SyntaxVerb(tree)}}}");
                break;
            case SchemaType.Boolean when tree is not BoolTree:
                Fail(place, $"expected boolean, got &{{{GoTree.Verb(tree)}}}");
                break;
            default:
                if (tree is ObjectTree or ListTree)
                {
                    Fail(place, $"expected any scalar, got &{{{GoTree.Verb(tree)}}}");
                }

                break;
        }
    }

    private void Fail(Place? place, string text) => _errors.Add(place is null ? text : $"{place}: {text}");

    private sealed record Place(Place? Parent, PathElement Element)
    {
        public override string ToString() => Parent?.ToString() + Element;
    }
}
