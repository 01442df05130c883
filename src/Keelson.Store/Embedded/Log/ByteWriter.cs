using System.Buffers.Binary;
using System.Text;

namespace Keelson.Store.Embedded.Log;

/// <summary>A growing buffer with the primitives of the store's file formats.</summary>
internal sealed class ByteWriter
{
    // A buffer that once held a giant frame is not kept for the small ones after it.
    private const int KeptBytesMax = 8 << 20;
    private byte[] _bytes = new byte[64 << 10];

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Drops everything behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        Length = length;
        if (length == 0 && _bytes.Length > KeptBytesMax)
        {
            _bytes = new byte[64 << 10];
        }
    }

    public void Byte(byte value) => Reserve(1)[0] = value;

    /// <summary>Zeros.</summary>
    public void Zeros(int count) => Reserve(count).Clear();

    /// <summary>
    /// A number in 1 to 10 bytes, seven bits a byte, the lowest first; the top bit says that more follow.
    /// </summary>
    public void Varint(ulong value)
    {
        Span<byte> bytes = Reserve(10);
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        bytes[length++] = (byte)value;
        Length -= 10 - length;
    }

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    /// <summary>A key, with its length before it; a byte a char.</summary>
    public void Key(string key)
    {
        Varint((ulong)key.Length);
        Encoding.Latin1.GetBytes(key, Reserve(key.Length));
    }

    /// <summary>A value, with its length before it.</summary>
    public void Value(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            long wanted = Math.Max((long)Length + count, 2L * _bytes.Length);
            Array.Resize(ref _bytes, checked((int)Math.Min(wanted, Array.MaxLength)));
        }
        Span<byte> span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
