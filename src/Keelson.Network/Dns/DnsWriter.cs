using System.Buffers.Binary;
using System.Text;

namespace Keelson.Network.Dns;

/// <summary>Writes an answer. What does not fit is left out, and the answer says so.</summary>
internal ref struct DnsWriter
{
    private const int AnswerBit = 0x80;
    private const int AuthoritativeBit = 0x04;
    private const int TruncatedBit = 0x02;
    private const int CheckingDisabledBit = 0x10;
    private const int EdnsSize = 11;

    /// <summary>Options that are repeated, as CoreDNS does: NSID, EXPIRE, COOKIE, TCP-KEEPALIVE, PADDING.</summary>
    private static readonly ushort[] Repeated = [3, 9, 10, 11, 12];

    private readonly Span<byte> _buffer;
    private readonly ReadOnlySpan<byte> _options;
    private readonly DnsQuery _query;
    private readonly uint _ttl;
    private readonly int _limit;
    private int _position;
    private bool _isFull;

    /// <summary>Begins an answer.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="request">The message that asks.</param>
    /// <param name="query">What it asks.</param>
    /// <param name="size">The largest answer that may be sent.</param>
    /// <param name="ttl">How long own records hold, in seconds.</param>
    public DnsWriter(Span<byte> buffer, ReadOnlySpan<byte> request, in DnsQuery query, int size, uint ttl)
    {
        _buffer = buffer;
        _query = query;
        _ttl = ttl;
        _options = query.HasEdns ? request[query.Options] : default;
        _limit = Math.Min(size, buffer.Length) - (query.HasEdns ? EdnsSize + _options.Length : 0);
        request[..query.QuestionEnd].CopyTo(buffer);
        _position = query.QuestionEnd;
        buffer[2] = (byte)(AnswerBit | (request[2] & 0x79));
        buffer[3] = (byte)(request[3] & CheckingDisabledBit);
        buffer[4..12].Clear();
        buffer[5] = (byte)(query.QuestionEnd > DnsLimits.HeaderSize ? 1 : 0);
    }

    /// <summary>Writes the answer's records and ends it.</summary>
    /// <returns>Its length.</returns>
    public int Write(DnsAnswer answer)
    {
        _buffer[3] |= (byte)(answer.Code & 0xf);
        if (answer.IsAuthoritative)
        {
            _buffer[2] |= AuthoritativeBit;
        }

        Write(answer.Records, 6, (answer.Fixed, answer.First), isNeeded: true);
        Write(answer.Authority, 8, default, isNeeded: true);
        Write(answer.Additional, 10, default, isNeeded: false);
        if (_isFull)
        {
            _buffer[2] |= TruncatedBit;
        }

        if (_query.HasEdns)
        {
            WriteEdns(answer.Code);
        }

        return _position;
    }

    private void Write(
        IReadOnlyList<DnsRecord> records, int counter, (int Fixed, int First) order, bool isNeeded)
    {
        int count = 0;
        int others = records.Count - order.Fixed;
        for (int i = 0; i < records.Count && !_isFull; i++)
        {
            int start = _position;
            int place = i < order.Fixed ? i : order.Fixed + ((i - order.Fixed + order.First) % others);
            if (TryWrite(records[place]))
            {
                count++;
                continue;
            }

            _position = start;
            if (!isNeeded)
            {
                break;
            }

            _isFull = true;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[counter..], (ushort)count);
    }

    private bool TryWrite(DnsRecord record)
    {
        if (!TryWriteName(record.Owner ?? _query.Name) || _position + 10 > _limit)
        {
            return false;
        }

        Span<byte> fields = _buffer[_position..];
        BinaryPrimitives.WriteUInt16BigEndian(fields, record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(fields[4..], record.Ttl ?? _ttl);
        _position += 10;
        int start = _position;
        if (!TryWriteData(record))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(fields[8..], (ushort)(_position - start));
        return true;
    }

    private bool TryWriteData(DnsRecord record)
    {
        switch (record.Type)
        {
            case var _ when !record.Raw.IsEmpty:
                return TryWriteBytes(record.Raw.Span);
            case DnsType.A or DnsType.Aaaa when record.Address is { } address:
                if (_position + 16 > _limit || !address.TryWriteBytes(_buffer[_position..], out int written))
                {
                    return false;
                }

                _position += written;
                return true;
            case DnsType.Cname or DnsType.Ptr or DnsType.Ns:
                return TryWriteName(record.Target);
            case DnsType.Srv:
                return TryWriteUInt16(0) && TryWriteUInt16(record.Weight) && TryWriteUInt16(record.Port)
                    && TryWriteName(record.Target, mayPoint: false);
            case DnsType.Txt:
                return TryWriteText(record.Text);
            case DnsType.Soa:
                return TryWriteStart(record.Target, record.Serial, record.Ttl ?? _ttl);
            default:
                return TryWriteBytes(record.Raw.Span);
        }
    }

    /// <summary>The start of a zone, with the numbers that CoreDNS gives its own.</summary>
    private bool TryWriteStart(string zone, uint serial, uint ttl) =>
        TryWriteName("ns.dns." + zone) && TryWriteName("hostmaster." + zone)
        && TryWriteUInt32(serial) && TryWriteUInt32(7200) && TryWriteUInt32(1800) && TryWriteUInt32(86400)
        && TryWriteUInt32(ttl);

    private bool TryWriteText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 255 || _position + 1 + bytes.Length > _limit)
        {
            return false;
        }

        _buffer[_position++] = (byte)bytes.Length;
        return TryWriteBytes(bytes);
    }

    private bool TryWriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (_position + bytes.Length > _limit)
        {
            return false;
        }

        bytes.CopyTo(_buffer[_position..]);
        _position += bytes.Length;
        return true;
    }

    private bool TryWriteUInt16(int value)
    {
        if (_position + 2 > _limit)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_position..], (ushort)value);
        _position += 2;
        return true;
    }

    private bool TryWriteUInt32(uint value) => TryWriteUInt16((int)(value >> 16))
        && TryWriteUInt16((int)(value & 0xffff));

    /// <summary>
    /// Writes a name. Where it ends like the name that was asked for, it points there: answers repeat it, and targets
    /// mostly are of the same zone.
    /// </summary>
    private bool TryWriteName(string name, bool mayPoint = true)
    {
        int start = 0;
        while (start < name.Length)
        {
            if (mayPoint && PlaceInQuestion(name.AsSpan(start)) is int place)
            {
                return TryWriteUInt16(0xc000 | place);
            }

            int dot = name.IndexOf('.', start);
            int end = dot < 0 ? name.Length : dot;
            int size = end - start;
            if (size is 0 or > 63 || _position + 1 + size > _limit)
            {
                return false;
            }

            _buffer[_position++] = (byte)size;
            for (int i = start; i < end; i++)
            {
                _buffer[_position++] = (byte)name[i];
            }

            start = end + 1;
        }

        return TryWriteBytes([0]);
    }

    /// <summary>Where a name begins within the name that was asked for, in the message; null when it does
    /// not.</summary>
    private readonly int? PlaceInQuestion(ReadOnlySpan<char> name)
    {
        int skipped = _query.Name.Length - name.Length;
        bool isSuffix = skipped >= 0
            && _query.QuestionEnd > DnsLimits.HeaderSize
            && (skipped == 0 || _query.Name[skipped - 1] == '.')
            && _query.Name.AsSpan(skipped).SequenceEqual(name);

        // In the message every dot is the length of the label behind it, so places are the same.
        return isSuffix ? DnsLimits.HeaderSize + skipped : null;
    }

    private void WriteEdns(int code)
    {
        Span<byte> option = _buffer[_position..];
        option[..EdnsSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(option[1..], DnsType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], (ushort)_query.OfferedSize);
        option[5] = (byte)(code >> 4);
        option[7] = (byte)(_query.WantsSignatures ? 0x80 : 0);
        _position += EdnsSize;
        BinaryPrimitives.WriteUInt16BigEndian(option[9..], (ushort)RepeatOptions());
        int count = BinaryPrimitives.ReadUInt16BigEndian(_buffer[10..]);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[10..], (ushort)(count + 1));
    }

    /// <summary>Writes those of the client's options that it wants to see again.</summary>
    /// <returns>Their length.</returns>
    private int RepeatOptions()
    {
        int start = _position;
        ReadOnlySpan<byte> rest = _options;
        while (rest.Length >= 4)
        {
            int size = 4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (size > rest.Length)
            {
                break;
            }

            if (Repeated.Contains(BinaryPrimitives.ReadUInt16BigEndian(rest)))
            {
                rest[..size].CopyTo(_buffer[_position..]);
                _position += size;
            }

            rest = rest[size..];
        }

        return _position - start;
    }
}
