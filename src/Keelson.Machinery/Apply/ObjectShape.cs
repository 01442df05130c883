using System.Buffers;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Apply;

/// <summary>
/// What of an object's JSON decides which fields it has: names, nesting, and those values by which elements of lists
/// may be told apart. Objects of one shape that nobody owned before have the same owned fields.
/// </summary>
internal static class ObjectShape
{
    /// <summary>Deeper objects have no shape; a bit for each level tells lists from objects.</summary>
    private const int MaxDepth = 60;

    /// <summary>
    /// Writes the shape of an object's JSON; it is never longer than the JSON. Values outside of lists become 1, unless
    /// they are what an object has before it exists: empty, zero, false, null. Keys of list elements are fields of the
    /// elements themselves, so values of these stay; so do those of the object's own fields, such as its kind.
    /// </summary>
    /// <returns>The length; -1 when the object is too deep, or no whole JSON.</returns>
    public static int Write(ReadOnlySpan<byte> json, Span<byte> shape)
    {
        ulong lists = 0;
        int depth = 0;
        int written = 0;
        bool isName = false;
        for (int at = 0; at < json.Length;)
        {
            byte one = json[at];
            switch (one)
            {
                case (byte)'{' or (byte)'[':
                    if (++depth > MaxDepth)
                    {
                        return -1;
                    }

                    isName = one == (byte)'{';
                    lists = (lists << 1) | (isName ? 0ul : 1);
                    shape[written++] = one;
                    at++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    lists >>= 1;
                    shape[written++] = one;
                    at++;
                    break;
                case (byte)',':
                    isName = (lists & 1) == 0;
                    at++;
                    break;
                case (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    at++;
                    break;
                default:
                    int length = LengthOf(json[at..]);
                    if (length < 0)
                    {
                        return -1;
                    }

                    // The innermost two levels: is this the value of a list, or of an object in a list?
                    bool isKept = isName || depth <= 1 || (lists & 3) != 0;
                    isName = false;
                    written += Value(json.Slice(at, length), isKept, shape[written..]);
                    at += length;
                    break;
            }
        }

        return depth == 0 ? written : -1;
    }

    /// <summary>
    /// True when all values that an object has before it exists are ones that <see cref="Write"/> keeps, so that no two
    /// objects of a shape compare differently with it.
    /// </summary>
    public static bool KeepsValuesOf(ObjectTree empty) => empty.Fields.All(static field => field.Value switch
    {
        ObjectTree node => KeepsValuesBelow(node),
        ListTree list => list.Items.Count == 0,
        _ => true,
    });

    private static bool KeepsValuesBelow(ObjectTree node) => node.Fields.All(static field => field.Value switch
    {
        ObjectTree inner => KeepsValuesBelow(inner),
        ListTree list => list.Items.Count == 0,
        TextTree text => text.Value is "" or "0",
        IntegerTree number => number.Value == 0,
        BoolTree truth => !truth.Value,
        NullTree => true,
        _ => false,
    });

    private static int Value(ReadOnlySpan<byte> value, bool isKept, Span<byte> shape)
    {
        bool isNothing = value.Length <= 5
            && (value.SequenceEqual("\"\""u8) || value.SequenceEqual("0"u8) || value.SequenceEqual("false"u8)
                || value.SequenceEqual("null"u8) || value.SequenceEqual("\"0\""u8));
        if (isKept || isNothing)
        {
            value.CopyTo(shape);
            return value.Length;
        }

        shape[0] = (byte)'1';
        return 1;
    }

    /// <summary>The length of the text, number or word that begins here; -1 for a text that does not end.</summary>
    private static int LengthOf(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'"')
        {
            int end = json.IndexOfAny(",}] \n\r\t"u8);
            return end < 0 ? json.Length : end;
        }

        for (int at = 1; ;)
        {
            int found = at > json.Length ? -1 : json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (json[at] == (byte)'"')
            {
                return at + 1;
            }

            at += 2;
        }
    }
}

/// <summary>
/// An object by its shape, and the fields that an earlier one of the shape turned out to have: clusters create the same
/// few kinds of objects over and over. What is known is in a table without locks; a lost race costs one computation
/// more.
/// </summary>
internal ref struct ShapedObject
{
    /// <summary>Slots of the table; a power of two so that the hash is masked.</summary>
    private const int Slots = 256;

    /// <summary>Longer shapes are rare and would hold too much memory: 256 × 8 KiB = 2 MiB at worst.</summary>
    private const int LongestKept = 8192;

    private static readonly Known?[] Table = new Known?[Slots];

    private readonly FieldManagerTarget _target;
    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly int _slot;

    /// <summary>Looks an object up, which comes as JSON.</summary>
    public ShapedObject(FieldManagerTarget target, ReadOnlySpan<byte> json, bool hasShape)
    {
        _target = target;
        _buffer = ArrayPool<byte>.Shared.Rent(json.Length);
        _length = hasShape ? ObjectShape.Write(json, _buffer) : -1;
        if (_length < 0)
        {
            return;
        }

        HashCode hash = default;
        hash.AddBytes(_buffer.AsSpan(0, _length));
        int code = hash.ToHashCode();
        _slot = (code ^ (code >> 16)) & (Slots - 1);
        if (Volatile.Read(ref Table[_slot]) is { } known && ReferenceEquals(known.Target, target)
            && known.Shape.AsSpan().SequenceEqual(_buffer.AsSpan(0, _length)))
        {
            Fields = known.Fields;
        }
    }

    /// <summary>The fields of objects of the shape; null when they are not known.</summary>
    public RawJson? Fields { get; }

    /// <summary>Keeps what was found out about the object.</summary>
    public readonly void Keep(ApiList<ManagedFieldsEntry> entries)
    {
        if (_length is >= 0 and <= LongestKept && entries.Count == 1)
        {
            Known known = new(_target, _buffer.AsSpan(0, _length).ToArray(), entries[0].FieldsV1);
            Volatile.Write(ref Table[_slot], known);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private sealed record Known(FieldManagerTarget Target, byte[] Shape, RawJson Fields);
}
