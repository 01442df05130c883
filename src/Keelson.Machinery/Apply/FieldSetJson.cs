using System.Runtime.InteropServices;
using System.Text.Json;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Apply;

/// <summary>
/// Field sets in the form <c>FieldsV1</c>. Thousands of objects carry the same few sets (every pod of a deployment,
/// every node's status), so both directions are remembered: a small table maps text to set, a set keeps its text.
/// </summary>
public static class FieldSetJson
{
    /// <summary>Slots of the table; a power of two so that the hash is masked.</summary>
    private const int Slots = 1024;

    /// <summary>Longer texts are rare and would hold too much memory: 1,024 × 8 KiB = 8 MiB at worst.</summary>
    private const int LongestShared = 8192;

    private static readonly Remembered?[] Table = new Remembered?[Slots];

    /// <summary>Reads a set.</summary>
    /// <exception cref="DecodeException">The text is no JSON object or holds a malformed path element.</exception>
    public static FieldSet Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 0)
        {
            return FieldSet.Empty;
        }

        HashCode hash = default;
        hash.AddBytes(utf8);
        int code = hash.ToHashCode();
        ref Remembered? slot = ref Table[(code ^ (code >> 16)) & (Slots - 1)];
        Remembered? known = Volatile.Read(ref slot);
        if (known is not null && utf8.SequenceEqual(known.Text))
        {
            return known.Set;
        }

        FieldSet set = ParseAfresh(utf8);
        if (utf8.Length <= LongestShared)
        {
            Volatile.Write(ref slot, new(utf8.ToArray(), set));
        }

        return set;
    }

    /// <summary>Reads a set from a tree.</summary>
    /// <exception cref="DecodeException">The tree is no object or holds a malformed path element.</exception>
    public static FieldSet Parse(Tree tree) => Parse(tree.ToJson());

    /// <summary>The canonical text, byte for byte what upstream writes. The caller must not change the array.</summary>
    public static byte[] ToJson(this FieldSet set)
    {
        if (set.Encoded is { } known)
        {
            return known;
        }

        JsonBuffer json = new(512);
        json.Open();
        WriteEntries(set, json, new JsonBuffer(64));
        json.Close();
        byte[] text = json.ToArray();
        set.Encoded = text;
        return text;
    }

    private static void WriteEntries(FieldSet set, JsonBuffer json, JsonBuffer scratch)
    {
        foreach (FieldEntry entry in set.Entries)
        {
            entry.Element.WriteName(json, scratch);
            json.Open();
            if (entry.Children is { } below)
            {
                if (entry.IsMember)
                {
                    json.Raw("\".\":{}"u8);
                }

                WriteEntries(below, json, scratch);
            }

            json.Close();
        }
    }

    private static FieldSet ParseAfresh(ReadOnlySpan<byte> utf8)
    {
        try
        {
            Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = TreeReader.MaxDepth });
            reader.Read();
            FieldSet set = ReadEntries(ref reader, [], out _);
            reader.Read();
            return set;
        }
        catch (JsonException)
        {
            throw new DecodeException(GoJsonSyntax.Describe(utf8));
        }
    }

    /// <summary>
    /// One level; <paramref name="stack"/> holds the entries of the levels being read, this one's on top.
    /// </summary>
    private static FieldSet ReadEntries(ref Utf8JsonReader reader, List<FieldEntry> stack, out bool marked)
    {
        marked = false;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return FieldSet.Empty;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new DecodeException("ReadMapCB: expect { or n, but found "
                + GoJsonSyntax.QuoteByte(FirstByte(reader))[1..^1]);
        }

        int bottom = stack.Count;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueSpan is [(byte)'.'])
            {
                marked = true;
                reader.Skip();
                continue;
            }

            if (!TryReadElement(ref reader, out PathElement element))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            FieldSet children = ReadEntries(ref reader, stack, out bool isMember);
            stack.Add(new(element, isMember || children.IsEmpty, children.IsEmpty ? null : children));
        }

        FieldSet set = FieldSet.FromUnsorted(CollectionsMarshal.AsSpan(stack)[bottom..]);
        stack.RemoveRange(bottom, stack.Count - bottom);
        return set;
    }

    private static bool TryReadElement(ref Utf8JsonReader reader, out PathElement element)
    {
        if (!reader.ValueIsEscaped && reader.ValueSpan is [(byte)'f', (byte)':', ..] name
            && ApiStrings.Get(name[2..]) is { } shared)
        {
            element = PathElement.OfField(shared);
            return true;
        }

        bool known = PathElement.TryParse(ApiStrings.Read(ref reader), out element, out string? error);
        return error is null ? known : throw new DecodeException("parsing key as path element: " + error);
    }

    private static byte FirstByte(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartArray => (byte)'[',
        JsonTokenType.String => (byte)'"',
        _ => reader.ValueSpan.Length > 0 ? reader.ValueSpan[0] : (byte)' ',
    };

    private sealed record Remembered(byte[] Text, FieldSet Set);
}
