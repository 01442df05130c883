using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Keelson.Nodes.Bus;

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

    /// <summary>An array: its length in bytes, which does not count the gap before the first element, and the
    /// elements.</summary>
    /// <param name="alignment">Of what the elements begin at a multiple: 8 for pairs, 4 for texts.</param>
    /// <param name="elements">Writes them.</param>
    public void Array(int alignment, Action elements)
    {
        Number(0);
        int length = _bytes.Count - sizeof(uint);
        Align(alignment);
        int start = _bytes.Count;
        elements();
        BinaryPrimitives.WriteUInt32LittleEndian(
            CollectionsMarshal.AsSpan(_bytes)[length..], (uint)(_bytes.Count - start));
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
