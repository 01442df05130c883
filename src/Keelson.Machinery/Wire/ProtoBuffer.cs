using System.Buffers.Binary;
using System.Text;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Wire;

/// <summary>
/// A buffer that protobuf messages are written to from their last byte to their first. Written that way a nested
/// message's length is known when its header is due, so no size has to be computed beforehand. Fields are therefore
/// written highest number first, lists last element first. As upstream's generated code does, scalars are always written,
/// be they zero; what is absent is not.
/// </summary>
public sealed class ProtoBuffer
{
    private byte[] _bytes;
    private int _start;

    /// <summary>An empty buffer.</summary>
    public ProtoBuffer(int capacity = 1024)
    {
        _bytes = new byte[capacity];
        _start = capacity;
    }

    /// <summary>Bytes written so far; the difference of two values is the length of what was written between.</summary>
    public int Length => _bytes.Length - _start;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(_start);

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Forgets what was written, keeps the memory.</summary>
    public void Clear() => _start = _bytes.Length;

    /// <summary>Puts bytes before what was written.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        _start -= bytes.Length;
        bytes.CopyTo(_bytes.AsSpan(_start));
    }

    /// <summary>A varint.</summary>
    public void Varint(ulong value)
    {
        Reserve(10);
        int length = 1;
        for (ulong rest = value >> 7; rest != 0; rest >>= 7)
        {
            length++;
        }

        _start -= length;
        for (int i = 0; i < length; i++)
        {
            _bytes[_start + i] = (byte)((value & 0x7f) | (i < length - 1 ? 0x80UL : 0));
            value >>= 7;
        }
    }

    /// <summary>Closes a length-delimited field whose content began when <see cref="Length"/> was <paramref name="mark"/>.</summary>
    public void Header(int field, int mark)
    {
        Varint((ulong)(Length - mark));
        Varint(((ulong)field << 3) | 2);
    }

    /// <summary>A number.</summary>
    public void Field(int field, long value)
    {
        Varint((ulong)value);
        Varint((ulong)field << 3);
    }

    /// <summary>A number, unless null.</summary>
    public void Field(int field, long? value)
    {
        if (value is { } some)
        {
            Field(field, some);
        }
    }

    /// <summary>A truth.</summary>
    public void Field(int field, bool value) => Field(field, value ? 1L : 0L);

    /// <summary>A truth, unless null.</summary>
    public void Field(int field, bool? value)
    {
        if (value is { } some)
        {
            Field(field, some);
        }
    }

    /// <summary>A double, unless null.</summary>
    public void Field(int field, double? value)
    {
        if (value is { } some)
        {
            Reserve(8);
            _start -= 8;
            BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(_start), some);
            Varint(((ulong)field << 3) | 1);
        }
    }

    /// <summary>A text; null is left out, the empty text is not.</summary>
    public void Field(int field, string? value)
    {
        if (value is null)
        {
            return;
        }

        int mark = Length;
        Text(value);
        Header(field, mark);
    }

    /// <summary>Bytes, unless absent.</summary>
    public void Field(int field, Bytes value)
    {
        if (value.IsAbsent)
        {
            return;
        }

        int mark = Length;
        Raw(value.AsSpan());
        Header(field, mark);
    }

    /// <summary>A nested message, unless null.</summary>
    public void Field<T>(int field, T? value)
        where T : class, IWireValue<T>
    {
        if (value is null)
        {
            return;
        }

        int mark = Length;
        value.WriteProto(this);
        Header(field, mark);
    }

    /// <summary>A time.</summary>
    public void Field(int field, Time value)
    {
        int mark = Length;
        if (!value.IsZero)
        {
            Instant(value.Instant);
        }

        Header(field, mark);
    }

    /// <summary>A time, unless null.</summary>
    public void Field(int field, Time? value)
    {
        if (value is { } some)
        {
            Field(field, some);
        }
    }

    /// <summary>A time with microseconds.</summary>
    public void Field(int field, MicroTime value)
    {
        int mark = Length;
        if (!value.IsZero)
        {
            Instant(value.Instant);
        }

        Header(field, mark);
    }

    /// <summary>A time with microseconds, unless null.</summary>
    public void Field(int field, MicroTime? value)
    {
        if (value is { } some)
        {
            Field(field, some);
        }
    }

    /// <summary>A quantity: a message with its text.</summary>
    public void Field(int field, Quantity value)
    {
        int mark = Length;
        Field(1, value.ToString());
        Header(field, mark);
    }

    /// <summary>A quantity, unless null.</summary>
    public void Field(int field, Quantity? value)
    {
        if (value is { } some)
        {
            Field(field, some);
        }
    }

    /// <summary>A number or text: a message with which of the two, the number and the text.</summary>
    public void Field(int field, IntOrString value)
    {
        int mark = Length;
        Field(3, value.Text);
        Field(2, (long)value.Number);
        Field(1, value.IsText ? 1L : 0L);
        Header(field, mark);
    }

    /// <summary>A number or text, unless null.</summary>
    public void Field(int field, IntOrString? value)
    {
        if (value is { } some)
        {
            Field(field, some);
        }
    }

    /// <summary>A raw JSON value: a message with its bytes.</summary>
    public void Field(int field, RawJson value, bool keepAbsent)
    {
        if (value.IsAbsent && !keepAbsent)
        {
            return;
        }

        int mark = Length;
        if (!value.IsAbsent)
        {
            int inner = Length;
            Raw(value.AsSpan());
            Header(1, inner);
        }

        Header(field, mark);
    }

    /// <summary>A list of messages.</summary>
    public void Field<T>(int field, ApiList<T> list)
        where T : IWireValue<T>
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            int mark = Length;
            list[i].WriteProto(this);
            Header(field, mark);
        }
    }

    /// <summary>A list of texts.</summary>
    public void Field(int field, ApiList<string> list)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            Field(field, list[i]);
        }
    }

    /// <summary>A list of truths, unpacked.</summary>
    public void Field(int field, ApiList<bool> list)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            Field(field, list[i] ? 1L : 0L);
        }
    }

    /// <summary>A list of numbers, unpacked.</summary>
    public void Field(int field, ApiList<int> list)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            Field(field, (long)list[i]);
        }
    }

    /// <summary>A list of numbers, unpacked.</summary>
    public void Field(int field, ApiList<long> list)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            Field(field, list[i]);
        }
    }

    /// <summary>A list of raw JSON values.</summary>
    public void Field(int field, ApiList<RawJson> list)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            Field(field, list[i], keepAbsent: true);
        }
    }

    /// <summary>A map of messages.</summary>
    public void Field<T>(int field, ApiMap<T> map)
        where T : IWireValue<T>
    {
        for (int i = map.Count - 1; i >= 0; i--)
        {
            KeyValuePair<string, T> pair = map.AsSpan()[i];
            int mark = Length;
            pair.Value.WriteProto(this);
            Header(2, mark);
            Field(1, pair.Key);
            Header(field, mark);
        }
    }

    /// <summary>A map of texts.</summary>
    public void Field(int field, ApiMap<string> map)
    {
        for (int i = map.Count - 1; i >= 0; i--)
        {
            KeyValuePair<string, string> pair = map.AsSpan()[i];
            int mark = Length;
            Field(2, pair.Value);
            Field(1, pair.Key);
            Header(field, mark);
        }
    }

    /// <summary>A map of bytes; an absent value is written as present, since upstream does.</summary>
    public void Field(int field, ApiMap<Bytes> map)
    {
        for (int i = map.Count - 1; i >= 0; i--)
        {
            KeyValuePair<string, Bytes> pair = map.AsSpan()[i];
            int mark = Length;
            Field(2, pair.Value);
            Field(1, pair.Key);
            Header(field, mark);
        }
    }

    /// <summary>A map of quantities.</summary>
    public void Field(int field, ApiMap<Quantity> map)
    {
        for (int i = map.Count - 1; i >= 0; i--)
        {
            KeyValuePair<string, Quantity> pair = map.AsSpan()[i];
            int mark = Length;
            Field(2, pair.Value);
            Field(1, pair.Key);
            Header(field, mark);
        }
    }

    /// <summary>A map of text lists, each a message with the texts as field 1.</summary>
    public void Field(int field, ApiMap<ApiList<string>> map)
    {
        for (int i = map.Count - 1; i >= 0; i--)
        {
            KeyValuePair<string, ApiList<string>> pair = map.AsSpan()[i];
            int mark = Length;
            Field(1, pair.Value);
            Header(2, mark);
            Field(1, pair.Key);
            Header(field, mark);
        }
    }

    internal void Instant(DateTimeOffset instant)
    {
        long seconds = instant.ToUnixTimeSeconds();
        long nanoseconds = (instant.Ticks - DateTimeOffset.FromUnixTimeSeconds(seconds).Ticks) * 100;
        Field(2, nanoseconds);
        Field(1, seconds);
    }

    private void Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Reserve(length);
        _start -= length;
        Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_start, length));
    }

    private void Reserve(int more)
    {
        if (_start >= more)
        {
            return;
        }

        int length = Length;
        byte[] larger = new byte[Math.Max(_bytes.Length * 2, length + more)];
        Written.CopyTo(larger.AsSpan(larger.Length - length));
        _start = larger.Length - length;
        _bytes = larger;
    }
}
