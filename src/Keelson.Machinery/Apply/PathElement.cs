using System.Globalization;
using System.Text;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Apply;

/// <summary>How a path element selects a child; the order is the order in a field set.</summary>
public enum PathElementKind : byte
{
    /// <summary>A field or map entry by name: <c>f:image</c>.</summary>
    Field,

    /// <summary>A list element by its key fields: <c>k:{"name":"c"}</c>.</summary>
    Key,

    /// <summary>A list element by its value: <c>v:"example.com/a"</c>.</summary>
    Value,

    /// <summary>A list element by its place: <c>i:0</c>.</summary>
    Index,
}

/// <summary>One key field of a list element.</summary>
public readonly record struct KeyField(string Name, Tree Value);

/// <summary>One step from a value to a child of it, as managed fields write it.</summary>
public readonly struct PathElement : IEquatable<PathElement>, IComparable<PathElement>
{
    private readonly object? _payload;
    private readonly int _index;

    private PathElement(PathElementKind kind, object? payload, int index = 0)
    {
        Kind = kind;
        _payload = payload;
        _index = index;
    }

    /// <summary>How the child is selected.</summary>
    public PathElementKind Kind { get; }

    /// <summary>The name of a field; empty for other kinds.</summary>
    public string FieldName => _payload as string ?? "";

    /// <summary>The key fields by name.</summary>
    public ReadOnlySpan<KeyField> Keys => _payload as KeyField[];

    /// <summary>A field or map entry.</summary>
    public static PathElement OfField(string name) => new(PathElementKind.Field, name);

    /// <summary>A list element by key fields, which must be sorted by name.</summary>
    public static PathElement OfKey(KeyField[] keys) => new(PathElementKind.Key, keys);

    /// <summary>A list element by value.</summary>
    public static PathElement OfValue(Tree value) => new(PathElementKind.Value, value);

    /// <summary>A list element by place.</summary>
    public static PathElement OfIndex(int index) => new(PathElementKind.Index, null, index);

    /// <summary>
    /// Reads the form used in managed fields. False with no error for kinds of a future version, which are dropped.
    /// </summary>
    public static bool TryParse(string text, out PathElement element, out string? error)
    {
        element = default;
        error = null;
        if (text.Length < 2)
        {
            error = "key must be 2 characters long:";
            return false;
        }

        if (text[1] != ':')
        {
            error = "missing colon: " + text;
            return false;
        }

        try
        {
            switch (text[0])
            {
                case 'f':
                    element = OfField(text[2..]);
                    return true;
                case 'v':
                    element = OfValue(TreeReader.Read(Encoding.UTF8.GetBytes(text[2..])));
                    return true;
                case 'k':
                    element = ParseKeys(TreeReader.ReadObject(Encoding.UTF8.GetBytes(text[2..])));
                    return true;
                case 'i' when int.TryParse(text.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                    out int index):
                    element = OfIndex(index);
                    return true;
                case 'i':
                    error = $"strconv.Atoi: parsing {GoText.Quote(text[2..])}: invalid syntax";
                    return false;
                default:
                    return false;
            }
        }
        catch (DecodeException failure)
        {
            error = failure.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public int CompareTo(PathElement other)
    {
        if (Kind != other.Kind)
        {
            return Kind.CompareTo(other.Kind);
        }

        return Kind switch
        {
            PathElementKind.Field => Utf8Order.Compare((string)_payload!, (string)other._payload!),
            PathElementKind.Key => CompareKeys(Keys, other.Keys),
            PathElementKind.Value => TreeOrder.Compare((Tree)_payload!, (Tree)other._payload!),
            _ => _index.CompareTo(other._index),
        };
    }

    /// <inheritdoc/>
    public bool Equals(PathElement other)
    {
        if (Kind != other.Kind)
        {
            return false;
        }

        return Kind == PathElementKind.Field ? (string)_payload! == (string)other._payload! : CompareTo(other) == 0;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PathElement other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Kind);
        switch (Kind)
        {
            case PathElementKind.Field:
                hash.Add((string)_payload!);
                break;
            case PathElementKind.Key:
                foreach (KeyField key in Keys)
                {
                    hash.Add(TreeOrder.Hash(key.Value));
                }

                break;
            case PathElementKind.Value:
                hash.Add(TreeOrder.Hash((Tree)_payload!));
                break;
            default:
                hash.Add(_index);
                break;
        }

        return hash.ToHashCode();
    }

    /// <summary>The form in error texts: <c>.image</c>, <c>[name="c"]</c>, <c>[="a"]</c>, <c>[0]</c>.</summary>
    public override string ToString()
    {
        switch (Kind)
        {
            case PathElementKind.Field:
                return "." + FieldName;
            case PathElementKind.Key:
                StringBuilder text = new("[");
                foreach (KeyField key in Keys)
                {
                    text.Append(text.Length > 1 ? "," : "").Append(key.Name).Append('=')
                        .Append(GoTree.ToText(key.Value));
                }

                return text.Append(']').ToString();
            case PathElementKind.Value:
                return $"[={GoTree.ToText((Tree)_payload!)}]";
            default:
                return string.Create(CultureInfo.InvariantCulture, $"[{_index}]");
        }
    }

    /// <summary>Equality.</summary>
    public static bool operator ==(PathElement left, PathElement right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(PathElement left, PathElement right) => !left.Equals(right);

    /// <summary>Order.</summary>
    public static bool operator <(PathElement left, PathElement right) => left.CompareTo(right) < 0;

    /// <summary>Order.</summary>
    public static bool operator >(PathElement left, PathElement right) => left.CompareTo(right) > 0;

    /// <summary>Order.</summary>
    public static bool operator <=(PathElement left, PathElement right) => left.CompareTo(right) <= 0;

    /// <summary>Order.</summary>
    public static bool operator >=(PathElement left, PathElement right) => left.CompareTo(right) >= 0;

    /// <summary>Writes the element as a field name of managed fields, quotes and colon included.</summary>
    internal void WriteName(JsonBuffer json, JsonBuffer scratch)
    {
        if (Kind == PathElementKind.Field)
        {
            json.PrefixedKey("f:", FieldName);
            return;
        }

        scratch.Clear();
        switch (Kind)
        {
            case PathElementKind.Key:
                scratch.Raw("k:"u8);
                scratch.Open();
                foreach (KeyField key in Keys)
                {
                    scratch.Key(key.Name);
                    key.Value.WriteJson(scratch, FieldOrder.Sorted);
                }

                scratch.Close();
                break;
            case PathElementKind.Value:
                scratch.Raw("v:"u8);
                ((Tree)_payload!).WriteJson(scratch, FieldOrder.Sorted);
                break;
            default:
                scratch.Raw("i:"u8);
                scratch.Value((long)_index);
                break;
        }

        json.Key(Encoding.UTF8.GetString(scratch.Written));
    }

    private static PathElement ParseKeys(ObjectTree fields)
    {
        KeyField[] keys = new KeyField[fields.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new(fields.AsSpan()[i].Key, fields.AsSpan()[i].Value);
        }

        Array.Sort(keys, static (left, right) => Utf8Order.Compare(left.Name, right.Name));
        return OfKey(keys);
    }

    private static int CompareKeys(ReadOnlySpan<KeyField> left, ReadOnlySpan<KeyField> right)
    {
        for (int i = 0; i < left.Length && i < right.Length; i++)
        {
            int order = Utf8Order.Compare(left[i].Name, right[i].Name);
            order = order != 0 ? order : TreeOrder.Compare(left[i].Value, right[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
