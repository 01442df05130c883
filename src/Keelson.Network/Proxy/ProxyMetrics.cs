using System.Diagnostics;
using Keelson.Client;

namespace Keelson.Network.Proxy;

/// <summary>What the proxy measures of itself, by the names of kube-proxy's metrics.</summary>
internal sealed class ProxyMetrics(TimeProvider clock) : IDisposable
{
    private const string Prefix = "kubeproxy_sync_proxy_rules_";
    private static readonly string[] Families = ["ip_family=\"IPv4\"", "ip_family=\"IPv6\""];

    /// <summary>0.25 s and 0.5 s, then seconds, then five, then thirty at a time.</summary>
    private static readonly double[] ProgrammingBounds =
    [
        0, 0.25, 0.5, .. Enumerable.Range(1, 59).Select(static i => (double)i),
        .. Enumerable.Range(0, 12).Select(static i => 60.0 + (5 * i)),
        .. Enumerable.Range(0, 7).Select(static i => 120.0 + (30 * i)),
    ];

    private readonly MetricHistogram _programming = new(ProgrammingBounds);
    private readonly MetricHistogram _all = new(MetricHistogram.WorkBounds);
    private readonly MetricHistogram _full = new(MetricHistogram.WorkBounds);
    private readonly MetricHistogram _partial = new(MetricHistogram.WorkBounds);
    private readonly MetricHistogram[] _conntrack = [new(MetricHistogram.WorkBounds), new(MetricHistogram.WorkBounds)];
    private readonly long[] _forgotten = new long[2];
    private readonly SortedDictionary<string, long> _health = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _life = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly ClientCallMetrics _calls = new();
    private readonly HashSet<ObjectKey> _pendingServices = [];
    private readonly HashSet<ObjectKey> _pendingEndpoints = [];
    private List<DateTimeOffset> _triggers = [];
    private long _services;
    private long _endpoints;
    private long _failures;
    private double _queued;
    private double _synced;
    private (int Internal, int External)[] _lacking = [default, default];

    /// <summary>A service has changed.</summary>
    public void ServiceChanged(ObjectKey key)
    {
        lock (_gate)
        {
            _services++;
            _pendingServices.Add(key);
            _queued = Now();
        }
    }

    /// <summary>Endpoints of a service have changed.</summary>
    /// <param name="key">The service.</param>
    /// <param name="trigger">When what they show happened, if the slice says.</param>
    public void EndpointsChanged(ObjectKey key, DateTimeOffset? trigger)
    {
        lock (_gate)
        {
            _endpoints++;
            _pendingEndpoints.Add(key);
            _queued = Now();
            if (trigger is { } time && time >= _started)
            {
                _triggers.Add(time);
            }
        }
    }

    /// <summary>Changes reached the kernel.</summary>
    /// <param name="took">How long that took.</param>
    /// <param name="isFull">True when the tables were written as a whole.</param>
    /// <param name="lacking">Ports with the traffic policy Local and endpoints on other nodes only, by family.</param>
    public void Synced(TimeSpan took, bool isFull, (int Internal, int External)[] lacking)
    {
        _all.Observe(took.TotalSeconds);
        (isFull ? _full : _partial).Observe(took.TotalSeconds);
        List<DateTimeOffset> triggers;
        lock (_gate)
        {
            (triggers, _triggers) = (_triggers, []);
            _pendingServices.Clear();
            _pendingEndpoints.Clear();
            _lacking = lacking;
            _synced = Now();
        }

        DateTimeOffset now = clock.GetUtcNow();
        foreach (DateTimeOffset one in triggers)
        {
            _programming.Observe(Math.Max(0, (now - one).TotalSeconds));
        }
    }

    /// <summary>The kernel refused something.</summary>
    public void Failed() => Interlocked.Increment(ref _failures);

    /// <summary>Connections were forgotten.</summary>
    public void Forgotten(bool isIPv6, int count, TimeSpan took)
    {
        _conntrack[isIPv6 ? 1 : 0].Observe(took.TotalSeconds);
        Interlocked.Add(ref _forgotten[isIPv6 ? 1 : 0], count);
    }

    /// <summary>A health page was asked for.</summary>
    public void Asked(bool isLife, int code)
    {
        lock (_gate)
        {
            SortedDictionary<string, long> counts = isLife ? _life : _health;
            string key = code == 200 ? "200" : "503";
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Writes them.</summary>
    public string Text()
    {
        MetricText text = new();
        WriteConntrack(text);
        Histogram(text, "kubeproxy_network_programming_duration_seconds",
            "In Cluster Network Programming Latency in seconds", _programming);
        lock (_gate)
        {
            WriteCodes(text, "healthz", _health);
            WriteCodes(text, "livez", _life);
        }

        Histogram(text, "kubeproxy_sync_full_proxy_rules_duration_seconds",
            "SyncProxyRules latency in seconds for full resyncs", _full);
        Histogram(text, "kubeproxy_sync_partial_proxy_rules_duration_seconds",
            "SyncProxyRules latency in seconds for partial resyncs", _partial);
        Histogram(text, Prefix + "duration_seconds", "SyncProxyRules latency in seconds", _all);
        lock (_gate)
        {
            WriteChanges(text);
        }

        WriteProcess(text);
        _calls.Write(text);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();

    private double Now() => clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private static string Help(string help) => "[ALPHA] " + help;

    private static void Histogram(MetricText text, string name, string help, MetricHistogram histogram)
    {
        text.Family(name, "histogram", Help(help));

        // Both families are written by one transaction.
        foreach (string family in Families)
        {
            histogram.Write(text, name, family);
        }
    }

    private void WriteConntrack(MetricText text)
    {
        const string name = "kubeproxy_conntrack_reconciler_";
        text.Family(name + "deleted_entries_total", "counter",
            Help("Cumulative conntrack flows deleted by conntrack reconciler"));
        for (int i = 0; i < Families.Length; i++)
        {
            text.Line(name + "deleted_entries_total", Families[i], Interlocked.Read(ref _forgotten[i]));
        }

        text.Family(name + "sync_duration_seconds", "histogram",
            Help("ReconcileConntrackFlowsLatency latency in seconds"));
        for (int i = 0; i < Families.Length; i++)
        {
            _conntrack[i].Write(text, name + "sync_duration_seconds", Families[i]);
        }
    }

    private static void WriteCodes(MetricText text, string page, SortedDictionary<string, long> counts)
    {
        string name = $"kubeproxy_proxy_{page}_total";
        if (counts.Count > 0)
        {
            text.Family(name, "counter", Help($"Cumulative proxy {page} HTTP status"));
        }

        foreach ((string code, long count) in counts)
        {
            text.Line(name, $"code=\"{code}\"", count);
        }
    }

    private void WriteChanges(MetricText text)
    {
        text.Number(Prefix + "endpoint_changes_pending", "gauge", Help("Pending proxy rules Endpoint changes"),
            _pendingEndpoints.Count);
        text.Number(Prefix + "endpoint_changes_total", "counter", Help("Cumulative proxy rules Endpoint changes"),
            _endpoints);
        OfFamilies(text, "last_queued_timestamp_seconds", "gauge", "The last time a sync of proxy rules was queued",
            _queued);
        OfFamilies(text, "last_timestamp_seconds", "gauge", "The last time proxy rules were successfully synced",
            _synced);
        OfFamilies(text, "nftables_cleanup_failures_total", "counter", "Cumulative proxy nftables cleanup failures", 0);
        OfFamilies(text, "nftables_sync_failures_total", "counter", "Cumulative proxy nftables sync failures",
            Interlocked.Read(ref _failures));
        text.Family(Prefix + "no_local_endpoints_total", "gauge",
            Help("Number of services with a Local traffic policy and no endpoints"));
        for (int i = 0; i < Families.Length; i++)
        {
            string name = Prefix + "no_local_endpoints_total";
            text.Line(name, Families[i] + ",traffic_policy=\"external\"", _lacking[i].External);
            text.Line(name, Families[i] + ",traffic_policy=\"internal\"", _lacking[i].Internal);
        }

        text.Number(Prefix + "service_changes_pending", "gauge", Help("Pending proxy rules Service changes"),
            _pendingServices.Count);
        text.Number(Prefix + "service_changes_total", "counter", Help("Cumulative proxy rules Service changes"),
            _services);
    }

    private static void OfFamilies(MetricText text, string name, string type, string help, double value)
    {
        text.Family(Prefix + name, type, Help(help));
        foreach (string family in Families)
        {
            text.Line(Prefix + name, family, value);
        }
    }

    /// <summary>What all of Prometheus' clients tell of their process.</summary>
    private static void WriteProcess(MetricText text)
    {
        using Process self = Process.GetCurrentProcess();
        text.Number("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
            Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Number("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", Environment.WorkingSet);
        text.Number("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.",
            (self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
        text.Number("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", self.VirtualMemorySize64);
    }
}
