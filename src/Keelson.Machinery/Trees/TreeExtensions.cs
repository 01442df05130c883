using System.Runtime.InteropServices;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Trees;

/// <summary>The order of an object's fields on output.</summary>
public enum FieldOrder
{
    /// <summary>As they stand in the tree.</summary>
    AsIs,

    /// <summary>By name, byte by byte: what Go prints for maps.</summary>
    Sorted,
}

/// <summary>What every tree can do: print, copy, compare.</summary>
public static class TreeExtensions
{
    /// <summary>Writes the tree as JSON.</summary>
    public static void WriteJson(this Tree tree, JsonBuffer json, FieldOrder order = FieldOrder.AsIs)
    {
        switch (tree)
        {
            case ObjectTree node:
                WriteFields(node, json, order);
                break;
            case ListTree list:
                json.OpenList();
                for (int i = 0; i < list.Items.Count; i++)
                {
                    if (i > 0)
                    {
                        json.Raw((byte)',');
                    }

                    WriteJson(list.Items[i], json, order);
                }

                json.CloseList();
                break;
            case TextTree text:
                json.Value(text.Value);
                break;
            case IntegerTree integer:
                json.Value(integer.Value);
                break;
            case FloatTree number:
                json.Value(number.Value);
                break;
            case BoolTree truth:
                json.Value(truth.Value);
                break;
            default:
                json.Null();
                break;
        }
    }

    /// <summary>The tree as JSON bytes.</summary>
    public static byte[] ToJson(this Tree tree, FieldOrder order = FieldOrder.AsIs)
    {
        JsonBuffer json = new();
        WriteJson(tree, json, order);
        return json.ToArray();
    }

    /// <summary>A copy that shares nothing that can change.</summary>
    public static Tree DeepClone(this Tree tree) => tree switch
    {
        ObjectTree node => DeepClone(node),
        ListTree list => new ListTree(list.Items.ConvertAll(static item => item.DeepClone())),
        _ => tree,
    };

    /// <summary>A copy that shares nothing that can change.</summary>
    public static ObjectTree DeepClone(this ObjectTree tree)
    {
        ObjectTree copy = new(tree.Count);
        foreach (KeyValuePair<string, Tree> field in tree.AsSpan())
        {
            copy.Append(field.Key, field.Value.DeepClone());
        }

        return copy;
    }

    /// <summary>A copy of the object itself; the values are shared.</summary>
    internal static ObjectTree ShallowClone(this ObjectTree tree)
    {
        ObjectTree copy = new(tree.Count + 1);
        foreach (KeyValuePair<string, Tree> field in tree.AsSpan())
        {
            copy.Append(field.Key, field.Value);
        }

        return copy;
    }

    /// <summary>
    /// Equality of content: the order of fields does not count, a whole number equals the same number with a fraction
    /// of zero, a missing field differs from null.
    /// </summary>
    public static bool DeepEquals(this Tree left, Tree right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return (left, right) switch
        {
            (ObjectTree one, ObjectTree other) => FieldsEqual(one, other),
            (ListTree one, ListTree other) => ItemsEqual(one, other),
            (TextTree one, TextTree other) => one.Value == other.Value,
            (IntegerTree one, IntegerTree other) => one.Value == other.Value,
            (FloatTree one, FloatTree other) => one.Value.Equals(other.Value),
            (FloatTree one, IntegerTree other) => one.Value.Equals((double)other.Value),
            (IntegerTree one, FloatTree other) => other.Value.Equals((double)one.Value),
            _ => false,
        };
    }

    /// <summary>The text at a path of field names, empty when it is not there or no text.</summary>
    public static string TextAt(this ObjectTree tree, params ReadOnlySpan<string> path)
    {
        Tree? at = tree;
        foreach (string name in path)
        {
            at = (at as ObjectTree)?[name];
        }

        return at is TextTree text ? text.Value : "";
    }

    private static void WriteFields(ObjectTree node, JsonBuffer json, FieldOrder order)
    {
        json.Open();
        if (order == FieldOrder.AsIs)
        {
            foreach (KeyValuePair<string, Tree> field in node.AsSpan())
            {
                json.Key(field.Key);
                WriteJson(field.Value, json, order);
            }
        }
        else
        {
            foreach (KeyValuePair<string, Tree> field in Sorted(node))
            {
                json.Key(field.Key);
                WriteJson(field.Value, json, order);
            }
        }

        json.Close();
    }

    /// <summary>The fields by name.</summary>
    internal static List<KeyValuePair<string, Tree>> Sorted(ObjectTree node)
    {
        List<KeyValuePair<string, Tree>> fields = [.. node.AsSpan()];
        CollectionsMarshal.AsSpan(fields).Sort(static (left, right) => Utf8Order.Compare(left.Key, right.Key));
        return fields;
    }

    private static bool FieldsEqual(ObjectTree left, ObjectTree right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        ReadOnlySpan<KeyValuePair<string, Tree>> fields = left.AsSpan();
        ReadOnlySpan<KeyValuePair<string, Tree>> others = right.AsSpan();
        for (int i = 0; i < fields.Length; i++)
        {
            int at = right.Find(fields[i].Key, i);
            if (at < 0 || !fields[i].Value.DeepEquals(others[at].Value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ItemsEqual(ListTree left, ListTree right)
    {
        if (left.Items.Count != right.Items.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Items.Count; i++)
        {
            if (!left.Items[i].DeepEquals(right.Items[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>
/// Go compares strings byte by byte in UTF-8, which differs from UTF-16 order where surrogates are involved.
/// </summary>
internal static class Utf8Order
{
    public static int Compare(string left, string right)
    {
        if (ReferenceEquals(left, right))
        {
            return 0;
        }

        int shared = left.AsSpan().CommonPrefixLength(right);
        if (shared == left.Length || shared == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        char one = left[shared];
        char other = right[shared];

        // A surrogate (a character beyond U+FFFF) sorts after everything that is none.
        return char.IsSurrogate(one) != char.IsSurrogate(other) ? (char.IsSurrogate(one) ? 1 : -1)
            : one.CompareTo(other);
    }
}
