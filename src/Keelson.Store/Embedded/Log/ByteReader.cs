using System.Buffers.Binary;
using System.Text;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote; throws <see cref="FormatException"/> where it can't have.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Offset { get; private set; }

    public readonly bool IsAtEnd => Offset == _bytes.Length;

    public byte Byte() => Take(1)[0];

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw new FormatException("a number is longer than ten bytes");
    }

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public string Key() => Encoding.Latin1.GetString(Take(Varint()));

    public byte[] Value()
    {
        ReadOnlySpan<byte> value = Take(Varint());
        if (value.IsEmpty)
        {
            return [];
        }
        // No need to have the runtime zero megabytes that are overwritten at once.
        byte[] copy = GC.AllocateUninitializedArray<byte>(value.Length);
        value.CopyTo(copy);
        return copy;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - Offset))
        {
            throw new FormatException($"{count} bytes expected, {_bytes.Length - Offset} left");
        }
        ReadOnlySpan<byte> span = _bytes.Slice(Offset, (int)count);
        Offset += (int)count;
        return span;
    }
}
