using System.Buffers.Binary;

namespace Keelson.Network.Dns;

/// <summary>Answers of other servers.</summary>
internal static class DnsMessage
{
    private static int _turn;

    /// <summary>What an answer says.</summary>
    public static DnsAnswer Read(ReadOnlySpan<byte> message)
    {
        List<DnsRecord>[] sections = [[], [], []];
        DnsReader reader = new(message) { Position = DnsLimits.HeaderSize };
        if (message.Length < DnsLimits.HeaderSize || !reader.SkipName())
        {
            return DnsAnswer.Of(DnsCode.ServerFailure);
        }

        reader.Position += 4;
        for (int section = 0; section < sections.Length; section++)
        {
            int count = BinaryPrimitives.ReadUInt16BigEndian(message[(6 + (2 * section))..]);
            for (int i = 0; i < count; i++)
            {
                DnsReader owner = new(message) { Position = reader.Position };
                if (!reader.TryReadRecord(out DnsRecordView record) || owner.ReadName() is not { } name)
                {
                    return DnsAnswer.Of(DnsCode.ServerFailure);
                }

                if (record.Type != DnsType.Opt && RecordOf(message, name, record) is { } one)
                {
                    sections[section].Add(one);
                }
            }
        }

        return new()
        {
            Code = message[3] & 0xf,
            IsAuthoritative = (message[2] & 4) != 0,
            Records = sections[0],
            Authority = sections[1],
            Additional = sections[2],
        };
    }

    /// <summary>
    /// Puts another address first, as CoreDNS' plugin loadbalance does. Only addresses at the end of the answers that
    /// point to their names change places: nothing points to them, and they are of one size.
    /// </summary>
    public static void Rotate(Span<byte> message)
    {
        DnsReader reader = new(message) { Position = DnsLimits.HeaderSize };
        if (!reader.SkipName())
        {
            return;
        }

        reader.Position += 4;
        int answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        int first = 0;
        int count = 0;
        int size = 0;
        for (int i = 0; i < answers; i++)
        {
            int start = reader.Position;
            if (!reader.TryReadRecord(out DnsRecordView record))
            {
                return;
            }

            int length = reader.Position - start;
            bool isAddress = record.Type is DnsType.A or DnsType.Aaaa && record.DataOffset - start == 12;
            (first, count, size) = isAddress && count > 0 && length == size ? (first, count + 1, size)
                : (start, isAddress ? 1 : 0, length);
        }

        if (count > 1)
        {
            int by = (int)((uint)Interlocked.Increment(ref _turn) % (uint)count) * size;
            Span<byte> addresses = message.Slice(first, count * size);
            byte[] turned = [.. addresses[by..], .. addresses[..by]];
            turned.CopyTo(addresses);
        }
    }

    /// <summary>A record by itself: names in it that point into the message are written out.</summary>
    private static DnsRecord? RecordOf(ReadOnlySpan<byte> message, string owner, in DnsRecordView record)
    {
        ReadOnlySpan<byte> data = message.Slice(record.DataOffset, record.DataLength);
        DnsReader reader = new(message) { Position = record.DataOffset };
        int head = record.Type switch { DnsType.Mx => 2, DnsType.Srv => 6, _ => 0 };
        switch (record.Type)
        {
            case DnsType.Cname or DnsType.Ns or DnsType.Ptr:
                return reader.ReadName() is { } target
                    ? DnsRecord.To(record.Type, target).With(owner, record.Ttl) : null;
            case DnsType.Mx or DnsType.Srv:
                reader.Position += head;
                return data.Length > head && reader.ReadName() is { } place
                    ? DnsRecord.Copy(record.Type, owner, record.Ttl, [.. data[..head], .. DnsRecord.WireOf(place)])
                    : null;
            case DnsType.Soa:
                return reader.ReadName() is { } server && reader.ReadName() is { } box
                    && reader.Position + 20 == record.DataOffset + record.DataLength
                    ? DnsRecord.Copy(record.Type, owner, record.Ttl,
                        [.. DnsRecord.WireOf(server), .. DnsRecord.WireOf(box), .. message.Slice(reader.Position, 20)])
                    : null;
            default:
                return DnsRecord.Copy(record.Type, owner, record.Ttl, data.ToArray());
        }
    }
}
