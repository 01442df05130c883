using System.Buffers.Binary;
using System.Text;

namespace Keelson.Nodes.Shutdown;

/// <summary>Writes values as they are on a D-Bus: each begins at a multiple of its size.</summary>
internal sealed class BusWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>What has been written.</summary>
    public byte[] Written => [.. _bytes];

    /// <summary>The body that has these texts and nothing else.</summary>
    public static byte[] Texts(params ReadOnlySpan<string> texts)
    {
        BusWriter writer = new();
        foreach (string text in texts)
        {
            writer.Text(text);
        }

        return writer.Written;
    }

    /// <summary>Goes to the next multiple.</summary>
    public void Align(int to)
    {
        while (_bytes.Count % to != 0)
        {
            _bytes.Add(0);
        }
    }

    /// <summary>Bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>A number of 32 bits.</summary>
    public void Number(uint value)
    {
        Align(sizeof(uint));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    /// <summary>A number of 64 bits.</summary>
    public void LongNumber(ulong value)
    {
        Align(sizeof(ulong));
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    /// <summary>A text, or a path.</summary>
    public void Text(string value)
    {
        byte[] text = Encoding.UTF8.GetBytes(value);
        Number((uint)text.Length);
        _bytes.AddRange(text);
        _bytes.Add(0);
    }

    /// <summary>The names of types.</summary>
    public void Signature(string value)
    {
        byte[] text = Encoding.ASCII.GetBytes(value);
        _bytes.Add((byte)text.Length);
        _bytes.AddRange(text);
        _bytes.Add(0);
    }
}
