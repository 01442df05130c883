using System.Collections.Concurrent;

namespace Keelson.Network.Dns;

/// <summary>Who found an answer, by the names of CoreDNS' plugins.</summary>
internal enum DnsSource
{
    None,
    Kubernetes,
    Hosts,
    Cache,
    Forward,
    Acl,
    Template,
    File,
    Autopath,
}

/// <summary>Counts what one of a server's threads answers, so that threads do not wait for each other.</summary>
internal sealed class DnsCounters
{
    public const int Codes = 24;
    public static readonly string[] Sources =
        ["", "kubernetes", "hosts", "cache", "forward", "acl", "template", "file", "autopath"];
    public static readonly string[] Types =
    [
        "other", "A", "AAAA", "ANY", "CNAME", "DNSKEY", "DS", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "TXT",
    ];

    /// <summary>0.25 ms, and each bucket twice as wide as the one before.</summary>
    public static readonly double[] Durations = [.. Enumerable.Range(0, 16).Select(static i => 0.00025 * (1 << i))];

    public static readonly int[] Sizes =
        [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16000, 32000, 48000, 64000];

    private readonly long[] _requests = new long[4 * Types.Length];
    private readonly long[] _signed = new long[1];
    private readonly long[] _responses = new long[Codes * Sources.Length];
    private readonly long[] _durations = new long[Durations.Length + 2];
    private readonly long[] _requestSizes = new long[2 * (Sizes.Length + 2)];
    private readonly long[] _responseSizes = new long[2 * (Sizes.Length + 2)];

    public long[] Requests => _requests;

    public long[] Signed => _signed;

    public long[] Responses => _responses;

    /// <summary>Numbers of the buckets, of all, and the sum in ticks.</summary>
    public long[] DurationCounts => _durations;

    /// <summary>For UDP, then for TCP: numbers of the buckets, of all, and the sum.</summary>
    public long[] RequestSizes => _requestSizes;

    public long[] ResponseSizes => _responseSizes;

    /// <summary>Counts an answer.</summary>
    public void Count(
        in DnsTransport transport, int requestSize, int responseSize, in DnsOutcome outcome, TimeSpan took)
    {
        int way = (transport.IsUdp ? 0 : 2) + (transport.IsIPv6 ? 1 : 0);
        Interlocked.Increment(ref _requests[(way * Types.Length) + PlaceOf(outcome.Type)]);
        Interlocked.Increment(ref _responses[
            (Math.Min(outcome.Code, Codes - 1) * Sources.Length) + (int)outcome.Source]);
        if (outcome.WantsSignatures)
        {
            Interlocked.Increment(ref _signed[0]);
        }

        int bucket = 0;
        double seconds = took.TotalSeconds;
        while (bucket < Durations.Length && seconds > Durations[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _durations[bucket]);
        Interlocked.Add(ref _durations[^1], took.Ticks);
        CountSize(_requestSizes, transport.IsUdp, requestSize);
        CountSize(_responseSizes, transport.IsUdp, responseSize);
    }

    private static void CountSize(long[] counts, bool isUdp, int size)
    {
        int start = isUdp ? 0 : Sizes.Length + 2;
        int bucket = 0;
        while (bucket < Sizes.Length && size > Sizes[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref counts[start + bucket]);
        Interlocked.Add(ref counts[start + Sizes.Length + 1], size);
    }

    private static int PlaceOf(ushort type) => type switch
    {
        DnsType.A => 1,
        DnsType.Aaaa => 2,
        DnsType.Any => 3,
        DnsType.Cname => 4,
        DnsType.DnsKey => 5,
        DnsType.Ds => 6,
        DnsType.Https => 7,
        DnsType.Mx => 8,
        DnsType.Ns => 9,
        DnsType.Ptr => 10,
        DnsType.Soa => 11,
        DnsType.Srv => 12,
        DnsType.Txt => 13,
        _ => 0,
    };
}

/// <summary>The way a question came.</summary>
internal readonly record struct DnsTransport(bool IsUdp, bool IsIPv6);

/// <summary>What became of a question.</summary>
internal readonly record struct DnsOutcome(ushort Type, int Code, DnsSource Source, bool WantsSignatures = false);

/// <summary>What a server measures of itself, by the names of CoreDNS' metrics.</summary>
internal sealed class DnsMetrics
{
    /// <summary>The label that tells servers apart.</summary>
    public const string Server = "server=\"dns://:53\"";
    private const string Where = Server + ",view=\"\",zone=\".\"";
    private static readonly string[] CodeNames =
    [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
        "NOTZONE", "", "", "", "", "", "BADSIG",
    ];

    private static readonly string[] UsualPlugins =
    [
        "cache", "errors", "forward", "health", "kubernetes", "loadbalance", "loop", "prometheus", "ready", "reload",
    ];

    private static readonly Dictionary<string, string> Helps = new(StringComparer.Ordinal)
    {
        ["coredns_acl_allowed_requests_total"] = "Counter of DNS requests being allowed.",
        ["coredns_acl_blocked_requests_total"] = "Counter of DNS requests being blocked.",
        ["coredns_acl_dropped_requests_total"] = "Counter of DNS requests being dropped.",
        ["coredns_acl_filtered_requests_total"] = "Counter of DNS requests being filtered.",
        ["coredns_autopath_success_total"] = "Counter of requests that did autopath.",
        ["coredns_template_matches_total"] = "Counter of template regex matches.",
        ["coredns_template_rr_failures_total"] = "Counter of mis-templated RRs.",
        ["coredns_template_template_failures_total"] = "Counter of go template failures.",
        ["coredns_reload_failed_total"] = "Counter of the number of failed reload attempts.",
    };

    private readonly ConcurrentDictionary<(string Name, string Labels), long[]> _counts =
        new([new(("coredns_reload_failed_total", ""), new long[1])]);

    private readonly ConcurrentBag<DnsCounters> _all = [];
    private readonly ConcurrentDictionary<(string Server, int Code), long[]> _asked = [];
    private readonly MetricHistogram _programming =
        new([.. Enumerable.Range(0, 20).Select(static i => 0.001 * (1 << i))]);

    private long _hits;
    private long _denialHits;
    private long _misses;
    private long _rejects;

    /// <summary>The plugins of each domain.</summary>
    public IReadOnlyList<(string Zone, string Plugin)> Enabled { get; set; } =
        [.. UsualPlugins.Select(static one => (".", one))];

    /// <summary>The checksum of the Corefile; empty without one.</summary>
    public string CorefileHash { get; set; } = "";

    /// <summary>How many names are written down, and when they were read; null for none.</summary>
    public (int Entries, DateTimeOffset At)? Hosts { get; set; }

    /// <summary>Counts something that does not happen to every question.</summary>
    /// <param name="name">The metric's name, one of those that have a help text here.</param>
    /// <param name="labels">Its labels.</param>
    public void Count(string name, string labels) =>
        Interlocked.Increment(ref _counts.GetOrAdd((name, labels), static _ => new long[1])[0]);

    /// <summary>Counters for a thread of its own.</summary>
    public DnsCounters Add()
    {
        DnsCounters made = new();
        _all.Add(made);
        return made;
    }

    /// <summary>An answer was kept.</summary>
    public void Hit(bool isDenial) => Interlocked.Increment(ref isDenial ? ref _denialHits : ref _hits);

    /// <summary>Others have to be asked.</summary>
    public void Miss() => Interlocked.Increment(ref _misses);

    /// <summary>Too many wait for others already.</summary>
    public void Rejected() => Interlocked.Increment(ref _rejects);

    /// <summary>Endpoints of a headless service are known some time after they changed.</summary>
    public void Programmed(TimeSpan took) => _programming.Observe(Math.Max(0, took.TotalSeconds));

    /// <summary>Another server has answered.</summary>
    public void Asked(string server, int code, TimeSpan took)
    {
        long[] counts = _asked.GetOrAdd((server, code), static _ => new long[DnsCounters.Durations.Length + 2]);
        int bucket = Array.FindIndex(DnsCounters.Durations, one => took.TotalSeconds <= one);
        Interlocked.Increment(ref counts[bucket < 0 ? DnsCounters.Durations.Length : bucket]);
        Interlocked.Add(ref counts[^1], took.Ticks);
    }

    /// <summary>Writes them as Prometheus reads them.</summary>
    /// <param name="cached">Number of answers that are kept.</param>
    public string Text((int Success, int Denial) cached)
    {
        MetricText text = new();
        DnsCounters sum = Sum();
        text.Family("coredns_build_info", "gauge",
            "A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was "
            + "built.");
        text.Line("coredns_build_info", "goversion=\"\",revision=\"\",version=\"keelson\"", 1);
        WriteCache(text, cached);
        WriteRequests(text, sum);
        WriteForwarding(text);
        const string programming = "coredns_kubernetes_dns_programming_duration_seconds";
        text.Family(programming, "histogram",
            "Histogram of the time (in seconds) it took to program a dns instance.");
        _programming.Write(text, programming, "service_kind=\"headless_with_selector\"");
        text.Family("coredns_panics_total", "counter", "A metrics that counts the number of panics.");
        text.Line("coredns_panics_total", "", 0);
        text.Family("coredns_plugin_enabled", "gauge",
            "A metric that indicates whether a plugin is enabled on per server and zone basis.");
        foreach ((string zone, string plugin) in Enabled)
        {
            text.Line("coredns_plugin_enabled", $"name=\"{plugin}\",{Server},view=\"\",zone=\"{zone}\"", 1);
        }

        WritePlugins(text);
        return text.ToString();
    }

    private void WritePlugins(MetricText text)
    {
        if (Hosts is { } hosts)
        {
            text.Number("coredns_hosts_entries", "gauge",
                "The combined number of entries in hosts and Corefile.", hosts.Entries);
            text.Number("coredns_hosts_reload_timestamp_seconds", "gauge",
                "The timestamp of the last reload of hosts file.", hosts.At.ToUnixTimeMilliseconds() / 1000.0);
        }

        if (CorefileHash is { Length: > 0 } hash)
        {
            text.Family("coredns_reload_version_info", "gauge",
                "A metric with a constant '1' value labeled by hash, and value which type of hash generated.");
            text.Line("coredns_reload_version_info", $"hash=\"sha512\",value=\"{hash}\"", 1);
        }

        foreach (IGrouping<string, KeyValuePair<(string Name, string Labels), long[]>> metric in _counts
            .OrderBy(static one => one.Key).GroupBy(static one => one.Key.Name))
        {
            text.Family(metric.Key, "counter", Helps[metric.Key]);
            foreach (((_, string labels), long[] count) in metric)
            {
                text.Line(metric.Key, labels, Interlocked.Read(ref count[0]));
            }
        }
    }

    private DnsCounters Sum()
    {
        DnsCounters sum = new();
        foreach (DnsCounters one in _all)
        {
            Add(sum.Requests, one.Requests);
            Add(sum.Signed, one.Signed);
            Add(sum.Responses, one.Responses);
            Add(sum.DurationCounts, one.DurationCounts);
            Add(sum.RequestSizes, one.RequestSizes);
            Add(sum.ResponseSizes, one.ResponseSizes);
        }

        return sum;
    }

    private static void Add(long[] sum, long[] more)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += Interlocked.Read(ref more[i]);
        }
    }

    private void WriteCache(MetricText text, (int Success, int Denial) cached)
    {
        const string zones = ",view=\"\",zones=\".\"";
        long hits = Interlocked.Read(ref _hits);
        long denials = Interlocked.Read(ref _denialHits);
        long misses = Interlocked.Read(ref _misses);
        text.Family("coredns_cache_entries", "gauge", "The number of elements in the cache.");
        text.Line("coredns_cache_entries", Server + ",type=\"denial\"" + zones, cached.Denial);
        text.Line("coredns_cache_entries", Server + ",type=\"success\"" + zones, cached.Success);
        text.Family("coredns_cache_hits_total", "counter", "The count of cache hits.");
        text.Line("coredns_cache_hits_total", Server + ",type=\"denial\"" + zones, denials);
        text.Line("coredns_cache_hits_total", Server + ",type=\"success\"" + zones, hits);
        text.Family("coredns_cache_misses_total", "counter",
            "The count of cache misses. Deprecated, derive misses from cache hits/requests counters.");
        text.Line("coredns_cache_misses_total", Server + zones, misses);
        text.Family("coredns_cache_requests_total", "counter", "The count of cache requests.");
        text.Line("coredns_cache_requests_total", Server + zones, hits + denials + misses);
    }

    private static void WriteRequests(MetricText text, DnsCounters sum)
    {
        text.Family("coredns_dns_do_requests_total", "counter", "Counter of DNS requests with DO bit set per zone.");
        text.Line("coredns_dns_do_requests_total", Where, sum.Signed[0]);
        text.Family("coredns_dns_request_duration_seconds", "histogram",
            "Histogram of the time (in seconds) each request took per zone.");
        Durations(text, "coredns_dns_request_duration_seconds", Where, sum.DurationCounts);
        Sizes(text, "coredns_dns_request_size_bytes",
            "Size of the EDNS0 UDP buffer in bytes (64K for TCP) per zone and protocol.", sum.RequestSizes);
        text.Family("coredns_dns_requests_total", "counter",
            "Counter of DNS requests made per zone, protocol and family.");
        for (int i = 0; i < sum.Requests.Length; i++)
        {
            int way = i / DnsCounters.Types.Length;
            if (sum.Requests[i] > 0)
            {
                text.Line("coredns_dns_requests_total",
                    $"family=\"{(way % 2) + 1}\",proto=\"{(way < 2 ? "udp" : "tcp")}\",{Server},"
                    + $"type=\"{DnsCounters.Types[i % DnsCounters.Types.Length]}\",view=\"\",zone=\".\"",
                    sum.Requests[i]);
            }
        }

        Sizes(text, "coredns_dns_response_size_bytes",
            "Size of the returned response in bytes.", sum.ResponseSizes);
        text.Family("coredns_dns_responses_total", "counter", "Counter of response status codes.");
        for (int i = 0; i < sum.Responses.Length; i++)
        {
            if (sum.Responses[i] > 0)
            {
                text.Line("coredns_dns_responses_total",
                    $"plugin=\"{DnsCounters.Sources[i % DnsCounters.Sources.Length]}\","
                    + $"rcode=\"{CodeName(i / DnsCounters.Sources.Length)}\",{Where}",
                    sum.Responses[i]);
            }
        }
    }

    private void WriteForwarding(MetricText text)
    {
        text.Family("coredns_forward_healthcheck_broken_total", "counter",
            "Counter of the number of complete failures of the healthchecks.");
        text.Line("coredns_forward_healthcheck_broken_total", "", 0);
        text.Family("coredns_forward_max_concurrent_rejects_total", "counter",
            "Counter of the number of queries rejected because the concurrent queries were at maximum.");
        text.Line("coredns_forward_max_concurrent_rejects_total", "", Interlocked.Read(ref _rejects));
        if (_asked.IsEmpty)
        {
            return;
        }

        text.Family("coredns_proxy_request_duration_seconds", "histogram",
            "Histogram of the time each request took.");
        foreach (((string server, int code), long[] counts) in _asked)
        {
            Durations(text, "coredns_proxy_request_duration_seconds",
                $"proxy_name=\"forward\",rcode=\"{CodeName(code)}\",to=\"{server}\"", counts);
        }
    }

    private static void Sizes(MetricText text, string name, string help, long[] counts)
    {
        text.Family(name, "histogram", help);
        foreach (string protocol in (string[])["tcp", "udp"])
        {
            int start = protocol == "udp" ? 0 : DnsCounters.Sizes.Length + 2;
            string labels = $"proto=\"{protocol}\"," + Where;
            text.Histogram(
                name, labels, [.. DnsCounters.Sizes], counts.AsSpan(start, DnsCounters.Sizes.Length + 1),
                counts[start + DnsCounters.Sizes.Length + 1]);
        }
    }

    private static void Durations(MetricText text, string name, string labels, long[] counts) => text.Histogram(
        name, labels, DnsCounters.Durations, counts.AsSpan(0, counts.Length - 1),
        TimeSpan.FromTicks(counts[^1]).TotalSeconds);

    private static string CodeName(int code) =>
        code < CodeNames.Length && CodeNames[code].Length > 0 ? CodeNames[code] : $"RCODE{code}";
}
