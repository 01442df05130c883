using System.Buffers.Binary;
using System.Text;

namespace Keelson.Nodes.Bus;

/// <summary>Reads values as they are on a D-Bus: each begins at a multiple of its size.</summary>
internal sealed class BusReader(byte[] bytes)
{
    /// <summary>Where the next value is, but for its alignment.</summary>
    public int Position { get; private set; }

    /// <summary>The next multiple.</summary>
    public static int Aligned(int position, int to) => (position + to - 1) / to * to;

    /// <summary>Goes to the next multiple.</summary>
    public void Align(int to) => Position = Aligned(Position, to);

    /// <summary>Leaves bytes out.</summary>
    public void Skip(int count) => Position += count;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>A number of 32 bits; a truth value and a descriptor's index are one too.</summary>
    public uint Number()
    {
        Align(sizeof(uint));
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
    }

    /// <summary>A number of 64 bits.</summary>
    public ulong LongNumber()
    {
        Align(sizeof(ulong));
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
    }

    /// <summary>A text, or a path.</summary>
    public string Text() => TextOf((int)Math.Min(Number(), int.MaxValue));

    /// <summary>The names of types.</summary>
    public string Signature() => TextOf(Byte());

    private string TextOf(int length)
    {
        string text = Encoding.UTF8.GetString(Take(length));
        Position++;
        return text;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - Position)
        {
            throw new InvalidDataException("a D-Bus message that ends too early");
        }

        Position += count;
        return bytes.AsSpan(Position - count, count);
    }
}
