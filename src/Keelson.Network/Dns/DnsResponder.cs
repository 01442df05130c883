using System.Buffers.Binary;

namespace Keelson.Network.Dns;

/// <summary>Answers messages: the cluster's names from the zone, all others through other servers.</summary>
internal sealed class DnsResponder(ClusterZone zone, DnsForwarder forwarder, uint ttl)
{
    private readonly EncodedAnswers _encoded = Following(zone);
    private long _requests;
    private long _forwarded;

    /// <summary>How many messages were answered.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>How many of them another server had to be asked for.</summary>
    public long Forwarded => Interlocked.Read(ref _forwarded);

    /// <summary>Answers at once, if that is possible.</summary>
    /// <param name="request">The message.</param>
    /// <param name="response">Where the answer goes.</param>
    /// <param name="isUdp">True when the answer must fit into one packet.</param>
    /// <param name="query">The question, if others must be asked.</param>
    /// <returns>The answer's length; 0 for none; -1 when others must be asked.</returns>
    public int Answer(ReadOnlySpan<byte> request, Span<byte> response, bool isUdp, out DnsQuery query)
    {
        Interlocked.Increment(ref _requests);
        if (isUdp && _encoded.Find(request, response) is > 0 and int again)
        {
            query = default;
            return again;
        }

        long version = _encoded.Version;
        int? wrong = DnsQuery.Read(request, out query);
        if (wrong is not { } code)
        {
            return 0;
        }

        DnsAnswer? answer = code != DnsCode.NoError ? DnsAnswer.Of(code)
            : query.EdnsVersion != 0 ? DnsAnswer.Of(DnsCode.BadVersion)
            : query.Class != 1 ? DnsAnswer.Of(DnsCode.Refused)
            : zone.Find(query.Name, query.Type);
        if (answer is { Elsewhere: null } || (answer is not null && query.Type is not (DnsType.A or DnsType.Aaaa)))
        {
            int length = Write(request, response, isUdp, query, answer);
            if (isUdp && answer.Records.Count < 2)
            {
                // Of several records each answer has another one first.
                _encoded.Keep(request, response[..length], version);
            }

            return length;
        }

        if (answer is null && forwarder.FindKept(query) is { } kept)
        {
            return Pass(kept, request, response, isUdp, query);
        }

        return -1;
    }

    /// <summary>Answers with the help of others.</summary>
    public async Task<int> AnswerAsync(ReadOnlyMemory<byte> request, Memory<byte> response, bool isUdp, DnsQuery query)
    {
        Interlocked.Increment(ref _forwarded);
        if (zone.Find(query.Name, query.Type) is { Elsewhere: { } target } alias)
        {
            byte[]? addresses = await forwarder.AskAsync(query with { Name = target });
            List<DnsRecord> records = [.. alias.Records, .. addresses is null ? [] : RecordsIn(addresses)];
            return Write(request.Span, response.Span, isUdp, query, alias with { Records = records });
        }

        return await forwarder.AskAsync(query) is { } answer
            ? Pass(answer, request.Span, response.Span, isUdp, query)
            : Write(request.Span, response.Span, isUdp, query, DnsAnswer.Of(DnsCode.ServerFailure));
    }

    /// <summary>The addresses and aliases in the answer of another server.</summary>
    internal static IReadOnlyList<DnsRecord> RecordsIn(ReadOnlySpan<byte> message)
    {
        List<DnsRecord> records = [];
        DnsReader reader = new(message) { Position = DnsLimits.HeaderSize };
        if (message.Length < DnsLimits.HeaderSize || !reader.SkipName())
        {
            return records;
        }

        reader.Position += 4;
        int count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        for (int i = 0; i < count; i++)
        {
            DnsReader owner = new(message) { Position = reader.Position };
            if (!reader.TryReadRecord(out DnsRecordView record) || owner.ReadName() is not { } name)
            {
                break;
            }

            DnsReader data = new(message) { Position = record.DataOffset };
            if (record.Type is DnsType.A or DnsType.Aaaa)
            {
                byte[] bytes = message.Slice(record.DataOffset, record.DataLength).ToArray();
                records.Add(DnsRecord.Copy(record.Type, name, record.Ttl, bytes));
            }
            else if (record.Type == DnsType.Cname && data.ReadName() is { } target)
            {
                records.Add(DnsRecord.To(DnsType.Cname, target).With(name, record.Ttl));
            }
        }

        return records;
    }

    private static EncodedAnswers Following(ClusterZone zone)
    {
        EncodedAnswers encoded = new();
        zone.Subscribe(encoded.Change);
        return encoded;
    }

    private int Write(
        ReadOnlySpan<byte> request, Span<byte> response, bool isUdp, in DnsQuery query, DnsAnswer answer)
    {
        int size = !isUdp ? DnsLimits.TcpSize : Math.Max(query.UdpSize, DnsLimits.PlainUdpSize);
        return new DnsWriter(response, request, query, size, ttl).Write(answer);
    }

    /// <summary>Passes on the answer of another server, under the client's number and with its spelling of the
    /// name.</summary>
    private static int Pass(
        byte[] answer, ReadOnlySpan<byte> request, Span<byte> response, bool isUdp, in DnsQuery query)
    {
        int size = isUdp ? query.UdpSize : DnsLimits.TcpSize;
        int length = Math.Min(answer.Length, response.Length);
        answer.AsSpan(0, length).CopyTo(response);
        request[..2].CopyTo(response);
        response[2] = (byte)((response[2] & ~1) | (request[2] & 1));
        request[DnsLimits.HeaderSize..query.QuestionEnd].CopyTo(response[DnsLimits.HeaderSize..]);
        if (length <= size)
        {
            return length;
        }

        // What does not fit is asked for again over TCP.
        response[2] |= 2;
        response[6..12].Clear();
        return query.QuestionEnd;
    }
}
