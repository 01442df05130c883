using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Network.Dns;

/// <summary>Answers messages: names that are written down, the cluster's names from the zone, all others through other
/// servers.</summary>
internal sealed class DnsResponder
{
    private static int _turn;

    private readonly ClusterZone _zone;
    private readonly DnsForwarder _forwarder;
    private readonly EncodedAnswers _encoded = new();
    private DnsSettings _settings;

    public DnsResponder(ClusterZone zone, DnsForwarder forwarder, DnsSettings settings)
    {
        _zone = zone;
        _forwarder = forwarder;
        _settings = settings;
        zone.Subscribe(_encoded.Change);
    }

    /// <summary>How names are answered from now on.</summary>
    public void Take(DnsSettings settings)
    {
        Volatile.Write(ref _settings, settings);
        _forwarder.Forget();
        _encoded.Change();
    }

    /// <summary>Answers at once, if that is possible.</summary>
    /// <param name="request">The message.</param>
    /// <param name="response">Where the answer goes.</param>
    /// <param name="isUdp">True when the answer must fit into one packet.</param>
    /// <param name="query">The question, if others must be asked.</param>
    /// <param name="outcome">What became of it, if it was answered.</param>
    /// <returns>The answer's length; 0 for none; -1 when others must be asked.</returns>
    public int Answer(
        ReadOnlySpan<byte> request, Span<byte> response, bool isUdp, out DnsQuery query, out DnsOutcome outcome)
    {
        if (isUdp && _encoded.Find(request, response, out outcome) is > 0 and int again)
        {
            query = default;
            return again;
        }

        long version = _encoded.Version;
        outcome = default;
        int? wrong = DnsQuery.Read(request, out query);
        if (wrong is not { } code)
        {
            return 0;
        }

        DnsSource source = DnsSource.None;
        DnsServerBlock? block = null;
        string name = query.Name;
        DnsAnswer? answer = code != DnsCode.NoError ? DnsAnswer.Of(code)
            : query.EdnsVersion != 0 ? DnsAnswer.Of(DnsCode.BadVersion)
            : query.Class != 1 ? DnsAnswer.Of(DnsCode.Refused)
            : Known(query.Name, query.Type, out block, out name, out source);
        if (answer is { Elsewhere: null })
        {
            int length = Write(request, response, isUdp, query, answer);
            outcome = new(query.Type, answer.Code, source, query.WantsSignatures);
            if (isUdp && answer.Records.Count < 2 && answer.Code is DnsCode.NoError or DnsCode.NameError)
            {
                // Of several records each answer has another one first.
                _encoded.Keep(request, response[..length], version, outcome);
            }

            return length;
        }

        if (answer is null && (object)name == query.Name && block!.SuccessSeconds + block.DenialSeconds > 0
            && _forwarder.FindKept(query) is { } kept)
        {
            outcome = new(query.Type, kept[3] & 0xf, DnsSource.Cache, query.WantsSignatures);
            return Pass(kept, request, response, isUdp, query, isKept: true);
        }

        return -1;
    }

    /// <summary>An answer with nothing but a code.</summary>
    public static int Refuse(ReadOnlySpan<byte> request, Span<byte> response, in DnsQuery query, int code) =>
        new DnsWriter(response, request, query, DnsLimits.PlainUdpSize, 0).Write(DnsAnswer.Of(code));

    /// <summary>Answers with the help of others.</summary>
    public async Task<(int Length, DnsOutcome Outcome)> AnswerAsync(
        ReadOnlyMemory<byte> request, Memory<byte> response, bool isUdp, DnsQuery query)
    {
        DnsAnswer? known = Known(query.Name, query.Type, out DnsServerBlock? block, out string name, out _);
        if (known is { Elsewhere: { } target })
        {
            // A target that can't be asked for is told all the same.
            DnsAnswer? other = Known(target, query.Type, out DnsServerBlock? others, out _, out _);
            byte[]? message = other is null && others is not null
                ? await _forwarder.AskAsync(query with { Name = target }, others)
                : null;
            IEnumerable<DnsRecord> more = message is not null
                ? RecordsIn(message)
                : other?.Records.Select(one => one.Owner is null ? one with { Owner = target } : one) ?? [];
            DnsAnswer whole = known with { Records = [.. known.Records, .. more] };
            return (Write(request.Span, response.Span, isUdp, query, whole),
                new(query.Type, whole.Code, DnsSource.Kubernetes, query.WantsSignatures));
        }

        byte[]? answer = block is null ? null : await _forwarder.AskAsync(query with { Name = name }, block);
        int code = answer is null ? DnsCode.ServerFailure : answer[3] & 0xf;
        DnsOutcome outcome = new(query.Type, code, DnsSource.Forward, query.WantsSignatures);
        if (answer is not null && name == query.Name)
        {
            return (Pass(answer, request.Span, response.Span, isUdp, query, isKept: false), outcome);
        }

        DnsAnswer renamed = DnsAnswer.Of(code) with
        {
            Records = answer is null ? [] : [.. RecordsIn(answer)
                .Select(one => one.Owner == name ? one with { Owner = null } : one)],
        };
        return (Write(request.Span, response.Span, isUdp, query, renamed), outcome);
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
            if (record.Type is DnsType.A or DnsType.Aaaa or DnsType.Txt)
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

    /// <summary>What is answered without asking others; null when they have to be asked.</summary>
    /// <param name="asked">The name.</param>
    /// <param name="type">The type.</param>
    /// <param name="block">The domain's settings; null when the name is in none.</param>
    /// <param name="name">The name that is looked for instead.</param>
    /// <param name="source">Who knew.</param>
    private DnsAnswer? Known(
        string asked, ushort type, out DnsServerBlock? block, out string name, out DnsSource source)
    {
        source = DnsSource.None;
        name = asked;
        block = Volatile.Read(ref _settings).BlockOf(asked);
        if (block is null)
        {
            return DnsAnswer.Of(DnsCode.Refused);
        }

        name = block.Rename(asked);
        if (block.Hosts is { } hosts && Written(hosts, name, type) is { } written)
        {
            source = DnsSource.Hosts;
            return written;
        }

        if (block.Cluster is { } settings && _zone.Find(name, type, settings) is { } found)
        {
            source = DnsSource.Kubernetes;
            return found;
        }

        return block.ServersFor(name).Count > 0 ? null : DnsAnswer.Of(DnsCode.ServerFailure);
    }

    /// <summary>What is written down of a name; null when it is to be looked for elsewhere.</summary>
    private static DnsAnswer? Written(DnsHosts hosts, string name, ushort type)
    {
        List<DnsRecord> records = [];
        bool isKnown = hosts.Addresses.TryGetValue(name, out IReadOnlyList<IPAddress>? addresses);
        if (isKnown)
        {
            AddressFamily? family = type == DnsType.A ? AddressFamily.InterNetwork
                : type == DnsType.Aaaa ? AddressFamily.InterNetworkV6 : null;
            records.AddRange(addresses!.Where(one => one.AddressFamily == family)
                .Select(one => DnsRecord.Of(one) with { Ttl = hosts.Ttl }));
        }
        else if (type == DnsType.Ptr && ReverseName.Parse(name) is { } address)
        {
            records.AddRange(hosts.Addresses.Where(one => one.Value.Contains(address))
                .Select(one => DnsRecord.To(DnsType.Ptr, one.Key) with { Ttl = hosts.Ttl }));
            isKnown = records.Count > 0;
        }

        return isKnown ? new() { IsAuthoritative = true, Records = records }
            : hosts.FallsThrough ? null
            : DnsAnswer.Of(DnsCode.ServerFailure);
    }

    private static int Write(
        ReadOnlySpan<byte> request, Span<byte> response, bool isUdp, in DnsQuery query, DnsAnswer answer)
    {
        int size = !isUdp ? DnsLimits.TcpSize : Math.Max(query.UdpSize, DnsLimits.PlainUdpSize);
        return new DnsWriter(response, request, query, size, 0).Write(answer);
    }

    /// <summary>Passes on the answer of another server, under the client's number and with its spelling of the
    /// name.</summary>
    private static int Pass(
        byte[] answer, ReadOnlySpan<byte> request, Span<byte> response, bool isUdp, in DnsQuery query, bool isKept)
    {
        int size = Math.Min(isUdp ? query.UdpSize : DnsLimits.TcpSize, response.Length);
        int length = Math.Min(answer.Length, response.Length);
        answer.AsSpan(0, length).CopyTo(response);
        request[..2].CopyTo(response);
        response[2] = (byte)((response[2] & ~1) | (request[2] & 1));
        if (isKept)
        {
            // As CoreDNS' cache does: some clients think little of answers without it.
            response[2] |= 4;
        }

        request[DnsLimits.HeaderSize..query.QuestionEnd].CopyTo(response[DnsLimits.HeaderSize..]);
        if (answer.Length <= size)
        {
            Rotate(response[..length]);
            return length;
        }

        // What does not fit is asked for again over TCP.
        response[2] |= 2;
        response[6..12].Clear();
        return query.QuestionEnd;
    }

    /// <summary>
    /// Puts another address first, as CoreDNS' plugin loadbalance does. Only addresses at the end of the answers that
    /// point to their names change places: nothing points to them, and they are of one size.
    /// </summary>
    internal static void Rotate(Span<byte> message)
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
}
