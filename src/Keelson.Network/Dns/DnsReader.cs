using System.Buffers.Binary;

namespace Keelson.Network.Dns;

/// <summary>Where a record stands in a message.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Class">Its class; for OPT the sender's size.</param>
/// <param name="Ttl">How long it holds, in seconds; for OPT flags.</param>
/// <param name="TtlOffset">Where that stands.</param>
/// <param name="DataOffset">Where its data begin.</param>
/// <param name="DataLength">Their length.</param>
internal readonly record struct DnsRecordView(
    ushort Type, ushort Class, uint Ttl, int TtlOffset, int DataOffset, int DataLength);

/// <summary>Reads a message. Whatever the bytes are: it ends, and says when they make no sense.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private const int PointerMask = 0xc0;
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; set; }

    public bool TryReadUInt16(out ushort value)
    {
        if (Position + 2 > _message.Length)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(_message[Position..]);
        Position += 2;
        return true;
    }

    /// <summary>Reads a name: in lower case, without the last dot; null when it is wrong. Bytes that are no letters of
    /// host names stand for themselves; a dot within a label makes the name wrong, as nothing here has one.</summary>
    public string? ReadName()
    {
        Span<char> text = stackalloc char[DnsLimits.NameSize];
        int length = 0;
        int position = Position;
        bool hasJumped = false;
        while (true)
        {
            if (position >= _message.Length)
            {
                return null;
            }

            int size = _message[position];
            if ((size & PointerMask) == PointerMask)
            {
                if (position + 1 >= _message.Length)
                {
                    return null;
                }

                int target = ((size & ~PointerMask) << 8) | _message[position + 1];
                if (!hasJumped)
                {
                    Position = position + 2;
                    hasJumped = true;
                }

                // A pointer leads back, always; so this ends.
                if (target >= position)
                {
                    return null;
                }

                position = target;
                continue;
            }

            if ((size & PointerMask) != 0 || position + 1 + size > _message.Length || length + size + 1 > text.Length)
            {
                return null;
            }

            if (size == 0)
            {
                if (!hasJumped)
                {
                    Position = position + 1;
                }

                return length == 0 ? "" : new(text[..(length - 1)]);
            }

            foreach (byte one in _message.Slice(position + 1, size))
            {
                if (one == '.')
                {
                    return null;
                }

                text[length++] = (char)(one is >= (byte)'A' and <= (byte)'Z' ? one + 32 : one);
            }

            text[length++] = '.';
            position += 1 + size;
        }
    }

    /// <summary>Passes over a name; false when it is wrong.</summary>
    public bool SkipName()
    {
        while (Position < _message.Length)
        {
            int size = _message[Position];
            if ((size & PointerMask) == PointerMask)
            {
                Position += 2;
                return Position <= _message.Length;
            }

            if ((size & PointerMask) != 0)
            {
                return false;
            }

            Position += 1 + size;
            if (size == 0)
            {
                return Position <= _message.Length;
            }
        }

        return false;
    }

    /// <summary>Reads a record without its data.</summary>
    public bool TryReadRecord(out DnsRecordView record)
    {
        record = default;
        if (!SkipName() || Position + 10 > _message.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> fields = _message[Position..];
        int length = BinaryPrimitives.ReadUInt16BigEndian(fields[8..]);
        record = new(
            BinaryPrimitives.ReadUInt16BigEndian(fields),
            BinaryPrimitives.ReadUInt16BigEndian(fields[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(fields[4..]),
            Position + 4,
            Position + 10,
            length);
        Position += 10 + length;
        return Position <= _message.Length;
    }
}
