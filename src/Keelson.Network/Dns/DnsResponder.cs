using System.Net;
using System.Net.Sockets;

namespace Keelson.Network.Dns;

/// <summary>A question that others have to be asked for.</summary>
/// <param name="Query">The question.</param>
/// <param name="Block">The settings of its domain.</param>
/// <param name="Question">What is looked for instead; null when that is the same.</param>
internal sealed record DnsPending(DnsQuery Query, DnsServerBlock Block, DnsRewritten? Question)
{
    /// <summary>What is known already and leads elsewhere; null for nothing.</summary>
    public DnsAnswer? Known { get; init; }

    /// <summary>Who knew.</summary>
    public DnsSource Source { get; init; }

    /// <summary>Names to try one after the other; null for the one that is asked for.</summary>
    public IReadOnlyList<string>? Search { get; init; }

    /// <summary>Who asks; null when that does not matter.</summary>
    public IPAddress? Client { get; init; }
}

/// <summary>Answers messages: names that are written down, the cluster's names from the zone, all others through other
/// servers.</summary>
internal sealed class DnsResponder
{
    /// <summary>Stands for no answer at all.</summary>
    private static readonly DnsAnswer Dropped = new() { Code = -1 };

    private readonly DnsLookup _lookup;
    private readonly DnsForwarder _forwarder;
    private readonly DnsMetrics _metrics;
    private readonly EncodedAnswers _encoded = new();
    private DnsSettings _settings;
    private volatile IReadOnlyList<DnsLoopCheck> _loops = [];

    public DnsResponder(ClusterZone zone, DnsForwarder forwarder, DnsMetrics metrics, DnsSettings settings)
    {
        _lookup = new(zone, metrics);
        _forwarder = forwarder;
        _metrics = metrics;
        _settings = settings;
        zone.Subscribe(_encoded.Change);
    }

    /// <summary>The most questions that may wait for others at once; 0 when nothing is said of it.</summary>
    public int MostConcurrent => Volatile.Read(ref _settings).Blocks
        .SelectMany(static one => one.Forwarding).Select(static one => one.MostConcurrent).DefaultIfEmpty(0).Max();

    /// <summary>How names are answered from now on.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="loops">Watches for questions that come back.</param>
    public void Take(DnsSettings settings, IReadOnlyList<DnsLoopCheck> loops)
    {
        Volatile.Write(ref _settings, settings);
        _loops = loops;
        _forwarder.Forget();
        _encoded.Change();
    }

    /// <summary>Answers at once, if that is possible.</summary>
    /// <param name="request">The message.</param>
    /// <param name="response">Where the answer goes.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="isUdp">True when the answer must fit into one packet.</param>
    /// <param name="pending">The question, if others must be asked.</param>
    /// <param name="outcome">What became of it, if it was answered.</param>
    /// <returns>The answer's length; 0 for none; -1 when others must be asked.</returns>
    public int Answer(
        ReadOnlySpan<byte> request, Span<byte> response, SocketAddress client, bool isUdp,
        out DnsPending? pending, out DnsOutcome outcome)
    {
        pending = null;
        DnsSettings settings = Volatile.Read(ref _settings);
        bool isKept = isUdp && !settings.DependsOnClients;
        outcome = default;
        if (isKept && _encoded.Find(request, response, out outcome) is > 0 and int again)
        {
            return again;
        }

        long version = _encoded.Version;
        int? wrong = DnsQuery.Read(request, out DnsQuery query);
        if (wrong is not { } code)
        {
            return 0;
        }

        DnsSource source = DnsSource.None;
        DnsAnswer? answer = code != DnsCode.NoError ? DnsAnswer.Of(code)
            : query.EdnsVersion != 0 ? DnsAnswer.Of(DnsCode.BadVersion)
            : query.Class != 1 ? DnsAnswer.Of(DnsCode.Refused)
            : Known(settings, query, client, out pending, out source);
        if (answer is not null)
        {
            if (ReferenceEquals(answer, Dropped))
            {
                return 0;
            }

            int length = Write(request, response, isUdp, query, answer);
            outcome = new(query.Type, answer.Code, source, query.WantsSignatures);
            if (isKept && answer.Records.Count < 2 && answer.Code is DnsCode.NoError or DnsCode.NameError)
            {
                // Of several records each answer has another one first.
                _encoded.Keep(request, response[..length], version, outcome);
            }

            return length;
        }

        DnsServerBlock block = pending!.Block;
        if (pending is { Question: null, Known: null, Search: null }
            && block.SuccessSeconds + block.DenialSeconds > 0 && _forwarder.FindKept(query) is { } kept)
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
        ReadOnlyMemory<byte> request, Memory<byte> response, bool isUdp, DnsPending pending)
    {
        DnsQuery query = pending.Query;
        if (pending is { Question: null, Known: null, Search: null })
        {
            byte[]? answer = IsLooping(pending.Block) ? null : await _forwarder.AskAsync(query, pending.Block);
            int code = answer is null ? DnsCode.ServerFailure : answer[3] & 0xf;
            int length = answer is not null
                ? Pass(answer, request.Span, response.Span, isUdp, query, isKept: false)
                : Write(request.Span, response.Span, isUdp, query, DnsAnswer.Of(code));
            return (length, new(query.Type, code, DnsSource.Forward, query.WantsSignatures));
        }

        string name = pending.Question?.Name ?? query.Name;
        (DnsAnswer found, DnsSource source) = pending.Search is { } search
            ? await SearchAsync(pending, search)
            : await FollowAsync(pending, name, pending.Known, pending.Source);
        DnsAnswer whole = pending.Question is { } question ? Reverted(found, question) : found;
        return (Write(request.Span, response.Span, isUdp, query, whole),
            new(query.Type, whole.Code, source, query.WantsSignatures));
    }

    /// <summary>What is answered without asking others; null when they have to be asked.</summary>
    private DnsAnswer? Known(
        DnsSettings settings, in DnsQuery query, SocketAddress client, out DnsPending? pending, out DnsSource source)
    {
        source = DnsSource.None;
        pending = null;
        foreach (DnsLoopCheck loop in _loops)
        {
            loop.See(query);
        }

        if (settings.BlockOf(query.Name) is not { } block)
        {
            return DnsAnswer.Of(DnsCode.Refused);
        }

        IPAddress? address = settings.DependsOnClients ? AddressOf(client) : null;
        if (block.Access.Count > 0 && address is not null
            && DnsAccess.Decide(block.Access, query.Name, query.Type, address, _metrics) is var action
            && action != DnsAccessAction.Allow)
        {
            source = DnsSource.Acl;
            return action switch
            {
                DnsAccessAction.Drop => Dropped,
                DnsAccessAction.Filter => DnsAnswer.Of(DnsCode.NoError),
                _ => DnsAnswer.Of(DnsCode.Refused),
            };
        }

        DnsRewritten? question = block.Rewrites.Count > 0 ? block.Rewrite(query.Name, query.Type) : null;
        if (question is not null && question.Name == query.Name && question.Type == query.Type
            && question.Answers.Count + question.Codes.Count == 0)
        {
            question = null;
        }

        string name = question?.Name ?? query.Name;
        if (question is not null && !IsName(name))
        {
            return DnsAnswer.Of(DnsCode.ServerFailure);
        }

        DnsPending asked = new(query, block, question) { Client = address };
        if (_lookup.SearchOf(block, name, address) is { } search)
        {
            pending = asked with { Search = search };
            return null;
        }

        DnsAnswer? found = _lookup.Find(block, name, question?.Type ?? query.Type, address, out source);
        if (found is { Elsewhere: null })
        {
            return question is null ? found : Reverted(found, question);
        }

        pending = asked with { Known = found, Source = source };
        return null;
    }

    /// <summary>Tries names until one is there; the answer then leads from the name that was asked for to it.</summary>
    private async Task<(DnsAnswer Answer, DnsSource Source)> SearchAsync(
        DnsPending pending, IReadOnlyList<string> search)
    {
        (DnsAnswer, DnsSource)? first = null;
        ushort type = pending.Question?.Type ?? pending.Query.Type;
        foreach (string name in search)
        {
            DnsAnswer? known = _lookup.Find(pending.Block, name, type, pending.Client, out DnsSource source);
            (DnsAnswer answer, source) = await FollowAsync(pending, name, known, source);
            first ??= (answer, source);
            if (answer.Code is DnsCode.NameError or DnsCode.ServerFailure or DnsCode.Refused or DnsCode.FormatError
                or DnsCode.NotImplemented)
            {
                continue;
            }

            _metrics.Count("coredns_autopath_success_total", DnsMetrics.Server);
            List<DnsRecord> records = [.. answer.Records.Select(one => one with { Owner = one.Owner ?? name })];
            string asked = pending.Question?.Name ?? pending.Query.Name;
            if (records.Find(one => one.Owner != asked) is { } target)
            {
                records.Insert(0, DnsRecord.To(DnsType.Cname, target.Owner!, asked) with { Ttl = target.Ttl });
            }

            return (answer with { Records = records, Fixed = 0, First = 0 }, DnsSource.Autopath);
        }

        return first!.Value;
    }

    /// <summary>What a name stands for in the end: from what is known of it, or from others.</summary>
    private async Task<(DnsAnswer Answer, DnsSource Source)> FollowAsync(
        DnsPending pending, string name, DnsAnswer? known, DnsSource source)
    {
        DnsQuery query = pending.Query with { Type = pending.Question?.Type ?? pending.Query.Type };
        if (known is null)
        {
            byte[]? message = IsLooping(pending.Block) ? null
                : await _forwarder.AskAsync(query with { Name = name }, pending.Block);
            DnsAnswer told = message is null ? DnsAnswer.Of(DnsCode.ServerFailure) : DnsMessage.Read(message);
            return (told, DnsSource.Forward);
        }

        if (known.Elsewhere is not { } target)
        {
            return (known, source);
        }

        // A target that can't be asked for is told all the same.
        IReadOnlyList<DnsRecord> more = [];
        if (Volatile.Read(ref _settings).BlockOf(target) is { } block)
        {
            DnsAnswer? other = _lookup.Find(block, target, query.Type, pending.Client, out _);
            byte[]? message = other is null && !IsLooping(block)
                ? await _forwarder.AskAsync(query with { Name = target }, block)
                : null;
            more = message is not null ? DnsMessage.Read(message).Records : other?.Records ?? [];
        }

        return (known with
        {
            Records = [.. known.Records, .. more.Select(one => one with { Owner = one.Owner ?? target })],
            Elsewhere = null,
        }, source);
    }

    /// <summary>An answer to the question as it was before it was changed.</summary>
    private static DnsAnswer Reverted(DnsAnswer answer, DnsRewritten question)
    {
        IReadOnlyList<DnsRecord> All(IReadOnlyList<DnsRecord> records) => [.. records.Select(one =>
            question.Answers.Aggregate(one with { Owner = one.Owner ?? question.Name }, static (record, change) =>
                change(record)))];
        return answer with
        {
            Code = question.Codes.GetValueOrDefault(answer.Code, answer.Code),
            Records = All(answer.Records),
            Authority = All(answer.Authority),
            Additional = All(answer.Additional),
        };
    }

    private bool IsLooping(DnsServerBlock block)
    {
        foreach (DnsLoopCheck one in _loops)
        {
            if (one.IsLooping && ReferenceEquals(one.Block, block))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsName(string name) => name.Length < DnsLimits.NameSize - 1
        && (name.Length == 0 || name.Split('.').All(static one => one.Length is > 0 and < 64));

    private static IPAddress AddressOf(SocketAddress client)
    {
        IPEndPoint any = new(client.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        IPAddress address = ((IPEndPoint)any.Create(client)).Address;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
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
            DnsMessage.Rotate(response[..length]);
            return length;
        }

        // What does not fit is asked for again over TCP.
        response[2] |= 2;
        response[6..12].Clear();
        return query.QuestionEnd;
    }
}
