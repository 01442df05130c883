using System.Buffers.Binary;
using System.Text;

namespace Keelson.Streaming.Spdy;

/// <summary>Headers of a stream as SPDY/3 lays them out before compression: a count, then names and values with their
/// lengths.</summary>
internal static class SpdyHeaderBlock
{
    /// <summary>Writes headers; their names become lower case, as the protocol wants them.</summary>
    public static byte[] Write(IReadOnlyCollection<KeyValuePair<string, string>> headers)
    {
        using MemoryStream block = new();
        WriteNumber(block, headers.Count);
        foreach ((string name, string value) in headers)
        {
            WriteText(block, name.ToLowerInvariant());
            WriteText(block, value);
        }

        return block.ToArray();
    }

    /// <summary>Reads headers. Several values of one name stay joined by a zero character.</summary>
    /// <exception cref="SpdyProtocolException">The block is cut off, or a name comes twice.</exception>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        uint count = ReadNumber(ref block);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        for (uint i = 0; i < count; i++)
        {
            string name = ReadText(ref block);
            if (!headers.TryAdd(name, ReadText(ref block)))
            {
                throw new SpdyProtocolException($"the header {name} comes twice");
            }
        }

        return headers;
    }

    private static void WriteText(MemoryStream block, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(block, bytes.Length);
        block.Write(bytes);
    }

    private static void WriteNumber(MemoryStream block, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        block.Write(bytes);
    }

    private static string ReadText(ref ReadOnlySpan<byte> block)
    {
        uint length = ReadNumber(ref block);
        if (length > block.Length)
        {
            throw CutOff();
        }

        string text = Encoding.UTF8.GetString(block[..(int)length]);
        block = block[(int)length..];
        return text;
    }

    private static uint ReadNumber(ref ReadOnlySpan<byte> block)
    {
        if (block.Length < 4)
        {
            throw CutOff();
        }

        uint number = BinaryPrimitives.ReadUInt32BigEndian(block);
        block = block[4..];
        return number;
    }

    private static SpdyProtocolException CutOff() => new("the headers of a stream are cut off");
}
