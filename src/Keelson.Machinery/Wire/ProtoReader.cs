using System.Buffers.Binary;
using System.Text;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Wire;

/// <summary>
/// Reads one protobuf message. Unknown fields are skipped, the last of repeated scalars wins, packed and unpacked lists
/// are both taken. Damage is a <see cref="DecodeException"/> in the words of upstream's generated code.
/// </summary>
public ref struct ProtoReader
{
    /// <summary>Messages nested deeper than this are refused.</summary>
    private const int MaxDepth = 100;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _depth;
    private int _position;
    private int _wireType;

    /// <summary>A reader over one whole message.</summary>
    public ProtoReader(ReadOnlySpan<byte> bytes)
        : this(bytes, 0)
    {
    }

    private ProtoReader(ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new DecodeException("proto: message nested too deeply");
        }

        _bytes = bytes;
        _depth = depth;
    }

    /// <summary>Moves to the next field; false at the end.</summary>
    public bool Next(out int field)
    {
        if (_position >= _bytes.Length)
        {
            field = 0;
            return false;
        }

        ulong tag = Varint();
        field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return field > 0 ? true : throw new DecodeException($"proto: illegal tag {field} (wire type {tag})");
    }

    /// <summary>Skips the value of a field that the type does not have.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Content();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new DecodeException($"proto: illegal wireType {_wireType}");
        }
    }

    /// <summary>A 64-bit number.</summary>
    public long ReadInt64()
    {
        Expect(0);
        return (long)Varint();
    }

    /// <summary>A 32-bit number.</summary>
    public int ReadInt32() => (int)ReadInt64();

    /// <summary>A truth.</summary>
    public bool ReadBool() => ReadInt64() != 0;

    /// <summary>A double.</summary>
    public double ReadDouble()
    {
        Expect(1);
        return BinaryPrimitives.ReadDoubleLittleEndian(Take(8));
    }

    /// <summary>A text.</summary>
    public string ReadString()
    {
        ReadOnlySpan<byte> content = Content();
        return content.Length <= 48 && ApiStrings.Get(content) is { } shared ? shared : Encoding.UTF8.GetString(content);
    }

    /// <summary>Bytes.</summary>
    public Bytes ReadBytes() => new(Content().ToArray());

    /// <summary>A nested message.</summary>
    public T ReadMessage<T>()
        where T : IWireValue<T>
    {
        ProtoReader inner = Message();
        return T.ReadProto(ref inner);
    }

    /// <summary>A reader over a nested message.</summary>
    public ProtoReader Message() => new(Content(), _depth + 1);

    /// <summary>A time.</summary>
    public Time ReadTime() => Instant() is { } instant ? new(instant) : default;

    /// <summary>A time with microseconds.</summary>
    public MicroTime ReadMicroTime() => Instant() is { } instant ? new(instant) : default;

    /// <summary>A quantity.</summary>
    public Quantity ReadQuantity()
    {
        ProtoReader inner = Message();
        return inner.QuantityContent();
    }

    internal Quantity QuantityContent()
    {
        string text = "";
        while (Next(out int field))
        {
            if (field == 1)
            {
                text = ReadString();
            }
            else
            {
                Skip();
            }
        }

        return text.Length == 0 ? default
            : Quantity.TryParse(text, out Quantity quantity, out string? error) ? quantity
            : throw new DecodeException(error);
    }

    /// <summary>A number or a text.</summary>
    public IntOrString ReadIntOrString()
    {
        ProtoReader inner = Message();
        (bool isText, int number, string text) = (false, 0, "");
        while (inner.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    isText = inner.ReadInt64() == 1;
                    break;
                case 2:
                    number = inner.ReadInt32();
                    break;
                case 3:
                    text = inner.ReadString();
                    break;
                default:
                    inner.Skip();
                    break;
            }
        }

        return isText ? new(text) : new(number);
    }

    /// <summary>A raw JSON value.</summary>
    public RawJson ReadRaw()
    {
        ProtoReader inner = Message();
        RawJson raw = default;
        while (inner.Next(out int field))
        {
            if (field == 1)
            {
                raw = new(inner.Content().ToArray());
            }
            else
            {
                inner.Skip();
            }
        }

        return raw;
    }

    /// <summary>Adds a number, or all numbers of a packed list.</summary>
    public void ReadInt64s(List<long> into)
    {
        if (_wireType == 0)
        {
            into.Add((long)Varint());
            return;
        }

        ProtoReader packed = Message();
        while (packed._position < packed._bytes.Length)
        {
            into.Add((long)packed.Varint());
        }
    }

    /// <summary>Adds a number, or all numbers of a packed list.</summary>
    public void ReadInt32s(List<int> into)
    {
        List<long> wide = [];
        ReadInt64s(wide);
        into.AddRange(wide.Select(one => (int)one));
    }

    /// <summary>Adds a truth, or all truths of a packed list.</summary>
    public void ReadBools(List<bool> into)
    {
        List<long> wide = [];
        ReadInt64s(wide);
        into.AddRange(wide.Select(one => one != 0));
    }

    /// <summary>Adds one entry of a map of records.</summary>
    public void ReadEntry<T>(List<KeyValuePair<string, T>> into)
        where T : IWireValue<T>
    {
        ProtoReader entry = Message();
        ReadOnlySpan<byte> value = entry.Entry(out string key);
        ProtoReader inner = new(value, _depth + 2);
        into.Add(new(key, T.ReadProto(ref inner)));
    }

    /// <summary>Adds one entry of a map of texts.</summary>
    public void ReadEntry(List<KeyValuePair<string, string>> into)
    {
        ProtoReader entry = Message();
        ReadOnlySpan<byte> value = entry.Entry(out string key);
        into.Add(new(key, value.Length <= 48 && ApiStrings.Get(value) is { } shared ? shared : Encoding.UTF8.GetString(value)));
    }

    /// <summary>Adds one entry of a map of bytes.</summary>
    public void ReadEntry(List<KeyValuePair<string, Bytes>> into)
    {
        ProtoReader entry = Message();
        ReadOnlySpan<byte> value = entry.Entry(out string key);
        into.Add(new(key, new(value.ToArray())));
    }

    /// <summary>Adds one entry of a map of quantities.</summary>
    public void ReadEntry(List<KeyValuePair<string, Quantity>> into)
    {
        ProtoReader entry = Message();
        (string key, Quantity value) = ("", default);
        while (entry.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    key = entry.ReadString();
                    break;
                case 2:
                    value = entry.ReadQuantity();
                    break;
                default:
                    entry.Skip();
                    break;
            }
        }

        into.Add(new(key, value));
    }

    /// <summary>Adds one entry of a map of text lists.</summary>
    public void ReadEntry(List<KeyValuePair<string, ApiList<string>>> into)
    {
        ProtoReader entry = Message();
        ProtoReader inner = new(entry.Entry(out string key), _depth + 2);
        List<string> items = [];
        while (inner.Next(out int field))
        {
            if (field == 1)
            {
                items.Add(inner.ReadString());
            }
            else
            {
                inner.Skip();
            }
        }

        into.Add(new(key, new([.. items])));
    }

    private ReadOnlySpan<byte> Entry(out string key)
    {
        key = "";
        ReadOnlySpan<byte> value = default;
        while (Next(out int field))
        {
            switch (field)
            {
                case 1:
                    key = ReadString();
                    break;
                case 2:
                    value = Content();
                    break;
                default:
                    Skip();
                    break;
            }
        }

        return value;
    }

    private DateTimeOffset? Instant()
    {
        ProtoReader inner = Message();
        return inner.InstantContent();
    }

    internal DateTimeOffset? InstantContent()
    {
        if (_bytes.IsEmpty)
        {
            return null;
        }

        (long seconds, long nanoseconds) = (0, 0);
        while (Next(out int field))
        {
            switch (field)
            {
                case 1:
                    seconds = ReadInt64();
                    break;
                case 2:
                    nanoseconds = ReadInt64();
                    break;
                default:
                    Skip();
                    break;
            }
        }

        const long First = -62135596800; // 0001-01-01, what DateTimeOffset begins with
        const long Last = 253402300799; // 9999-12-31T23:59:59
        if (seconds < First || seconds > Last || nanoseconds is < 0 or >= 1_000_000_000)
        {
            throw new DecodeException("proto: time out of range");
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
    }

    private ReadOnlySpan<byte> Content()
    {
        Expect(2);
        ulong length = Varint();
        return length <= (ulong)(_bytes.Length - _position) ? Take((int)length) : throw new DecodeException("unexpected EOF");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_bytes.Length - _position < length)
        {
            throw new DecodeException("unexpected EOF");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    private readonly void Expect(int wireType)
    {
        if (_wireType != wireType)
        {
            throw new DecodeException($"proto: wrong wireType = {_wireType}");
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_position >= _bytes.Length)
            {
                throw new DecodeException("unexpected EOF");
            }

            byte one = _bytes[_position++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }

        throw new DecodeException("proto: integer overflow");
    }
}
