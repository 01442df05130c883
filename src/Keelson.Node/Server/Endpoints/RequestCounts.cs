using System.Collections.Concurrent;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>Counts what was asked, for <c>kubelet_http_requests_total</c> and its like.</summary>
internal sealed class RequestCounts
{
    private const string Total = "kubelet_http_requests_total";
    private const string Duration = "kubelet_http_requests_duration_seconds";

    /// <summary>Paths that are counted by name; what anybody makes up is not.</summary>
    private static readonly string[] Known =
    [
        "healthz", "pods", "runningpods", "configz", "stats", "metrics", "metrics/cadvisor", "metrics/probes",
        "metrics/resource", "logs", "containerLogs", "exec", "attach", "run", "portForward",
        "checkpoint", "debug", "statusz", "flagz",
    ];

    /// <summary>Upstream's buckets, in seconds.</summary>
    private static readonly double[] Bounds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Method, string Path), Count> _counts = new();
    private readonly ConcurrentDictionary<(string Method, string Path), int> _inflight = new();

    /// <summary>A request is served from now on.</summary>
    public void Begin(string method, string path) =>
        _inflight.AddOrUpdate(KeyOf(method, path), 1, static (_, count) => count + 1);

    /// <summary>Counts a request.</summary>
    public void Add(string method, string path, TimeSpan took)
    {
        (string, string) key = KeyOf(method, path);
        _inflight.AddOrUpdate(key, 0, static (_, count) => count - 1);
        _counts.GetOrAdd(key, static _ => new()).Add(took.TotalSeconds);
    }

    private static (string Method, string Path) KeyOf(string method, string path) => (
        method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "TRACE" or "OPTIONS" or "CONNECT"
            ? method
            : "other",
        Known.Contains(path) ? path : "other");

    /// <summary>Writes the counts.</summary>
    public void Write(MetricsText text)
    {
        var counts = _counts.OrderBy(static one => one.Key).ToArray();
        const string Inflight = "kubelet_http_inflight_requests";
        text.Family(Inflight, "gauge", "[ALPHA] Number of the inflight http requests");
        foreach (((string method, string path), int count) in _inflight.OrderBy(static one => one.Key))
        {
            text.Sample(
                Inflight, count, null, ("long_running", LongRunning(path)), ("method", method), ("path", path),
                ("server_type", "readwrite"));
        }

        text.Family(Duration, "histogram", "[ALPHA] Duration in seconds to serve http requests");
        foreach (((string method, string path), Count count) in counts)
        {
            count.Write(text, method, path);
        }

        text.Family(Total, "counter", "[ALPHA] Number of the http requests received since the server started");
        foreach (((string method, string path), Count count) in counts)
        {
            text.Sample(
                Total, count.Total, null, ("long_running", LongRunning(path)), ("method", method), ("path", path),
                ("server_type", "readwrite"));
        }
    }

    private static string LongRunning(string path) =>
        path is "exec" or "attach" or "debug" ? "true" : "false";

    private sealed class Count
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[Bounds.Length + 1];
        private double _sum;

        public long Total
        {
            get
            {
                lock (_gate)
                {
                    return _buckets.Sum();
                }
            }
        }

        public void Add(double seconds)
        {
            int bucket = Array.FindIndex(Bounds, bound => seconds <= bound);
            lock (_gate)
            {
                _buckets[bucket < 0 ? Bounds.Length : bucket]++;
                _sum += seconds;
            }
        }

        public void Write(MetricsText text, string method, string path)
        {
            lock (_gate)
            {
                long sofar = 0;
                for (int i = 0; i <= Bounds.Length; i++)
                {
                    sofar += _buckets[i];
                    string bound = MetricsText.Number(i < Bounds.Length ? Bounds[i] : double.PositiveInfinity);
                    text.Sample(
                        Duration + "_bucket", sofar, null, ("long_running", LongRunning(path)), ("method", method),
                        ("path", path), ("server_type", "readwrite"), ("le", bound));
                }

                text.Sample(
                    Duration + "_sum", _sum, null, ("long_running", LongRunning(path)), ("method", method),
                    ("path", path), ("server_type", "readwrite"));
                text.Sample(
                    Duration + "_count", sofar, null, ("long_running", LongRunning(path)), ("method", method),
                    ("path", path), ("server_type", "readwrite"));
            }
        }
    }
}
