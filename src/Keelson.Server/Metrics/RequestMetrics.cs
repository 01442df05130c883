using System.Collections.Concurrent;
using System.Globalization;

namespace Keelson.Server.Metrics;

/// <summary>What requests are counted and timed by.</summary>
internal sealed class RequestMetrics
{
    private static readonly string[] CodeTexts =
        [.. Enumerable.Range(0, 600).Select(one => one.ToString(CultureInfo.InvariantCulture))];

    private readonly ConcurrentDictionary<LabelValues, RequestSeries> _series = new();
    private readonly CounterFamily _total;
    private readonly HistogramFamily _duration;
    private readonly HistogramFamily _serviceLevel;
    private readonly HistogramFamily _responseSizes;
    private readonly GaugeFamily _longRunning;
    private readonly HistogramFamily _bodySizes;
    private readonly Gauge _mutating;
    private readonly Gauge _readOnly;

    public RequestMetrics(MetricRegistry registry)
    {
        string[] target = ["verb", "group", "version", "resource", "subresource", "scope", "component"];
        _total = registry.Counter("apiserver_request_total", MetricStability.Stable,
            "Requests answered, by verb, dry run, resource, subresource, scope, component and HTTP code.",
            [.. target, "dry_run", "code"]);
        _duration = registry.Histogram("apiserver_request_duration_seconds", MetricStability.Stable,
            "Seconds until requests were answered, by verb, dry run, resource, subresource, scope and component.",
            Buckets.Requests, [.. target, "dry_run"]);
        _serviceLevel = registry.Histogram("apiserver_request_sli_duration_seconds", MetricStability.Alpha,
            "Seconds until requests were answered, without the time that webhooks and queues took.",
            Buckets.ServiceLevel, target);
        _responseSizes = registry.Histogram("apiserver_response_sizes", MetricStability.Stable,
            "Bytes of answers to reads, by verb, group, version, resource, subresource, scope and component.",
            Buckets.Exponential(1000, 10, 7), target);
        _longRunning = registry.Gauge("apiserver_longrunning_requests", MetricStability.Stable,
            "Watches and other requests without an end that are open now.", target);
        _bodySizes = registry.Histogram("apiserver_request_body_size_bytes", MetricStability.Alpha,
            "Bytes of requests' bodies, by group, resource and verb.", Buckets.Linear(50000, 100000, 31), "group",
                "resource", "verb");
        GaugeFamily inflight = registry.Gauge("apiserver_current_inflight_requests", MetricStability.Stable,
            "The most requests in work at a time during the last second, by kind of request.", "request_kind");
        _mutating = inflight.With("mutating");
        _readOnly = inflight.With("readOnly");
    }

    /// <summary>
    /// A request was answered: counted, timed and measured with one look-up. Verbs are upstream's: GET, LIST, WATCH,
    /// POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION, CONNECT. <see cref="MetricVerb"/> makes them.
    /// </summary>
    public void Done(in RequestLabels request, int code, double seconds, long responseBytes)
    {
        RequestSeries series = SeriesOf(request, code);
        series.Total.Increment();
        series.Duration.Observe(seconds);
        series.ServiceLevel?.Observe(seconds);
        series.ResponseSize?.Observe(responseBytes);
    }

    /// <summary>A request with a body of this size came in.</summary>
    public void BodyRead(string group, string resource, string verb, long bytes) =>
        _bodySizes.With(group, resource, verb).Observe(bytes);

    /// <summary>A request without an end begins (1) or is over (-1).</summary>
    public void LongRunning(in RequestLabels request, int change) => _longRunning.With(
        request.Verb, request.Group, request.Version, request.Resource, request.Subresource, request.Scope,
            request.Component).Add(change);

    /// <summary>A request that is not without an end begins (1) or is over (-1).</summary>
    public void InFlight(bool isMutating, int change) => (isMutating ? _mutating : _readOnly).Add(change);

    /// <summary>Starts all over, but for what is in work now.</summary>
    public void Reset()
    {
        _total.Reset();
        _duration.Reset();
        _serviceLevel.Reset();
        _responseSizes.Reset();
        _bodySizes.Reset();
        _series.Clear();
    }

    private RequestSeries SeriesOf(in RequestLabels request, int code)
    {
        string text = (uint)code < (uint)CodeTexts.Length ? CodeTexts[code]
            : code.ToString(CultureInfo.InvariantCulture);
        LabelValues key = new(
        [
            request.Verb, request.Group, request.Version, request.Resource, request.Subresource, request.Scope,
                request.Component,
            request.DryRun, text,
        ]);
        return _series.TryGetValue(key, out RequestSeries? series) ? series : _series.GetOrAdd(key, Make);
    }

    private RequestSeries Make(LabelValues key)
    {
        (string verb, string group, string version, string resource) = (key[0], key[1], key[2], key[3]);
        (string sub, string scope, string component, string dryRun) = (key[4], key[5], key[6], key[7]);
        bool isEndless = verb is "WATCH" or "CONNECT";
        return new RequestSeries(
            _total.With(verb, group, version, resource, sub, scope, component, dryRun, key[8]),
            _duration.With(verb, group, version, resource, sub, scope, component, dryRun),
            isEndless ? null : _serviceLevel.With(verb, group, version, resource, sub, scope, component),
            verb is "GET" or "LIST" ? _responseSizes.With(verb, group, version, resource, sub, scope, component)
                : null);
    }

    private sealed record RequestSeries(
        Counter Total, Histogram Duration, Histogram? ServiceLevel, Histogram? ResponseSize);
}

/// <summary>What a request is counted under.</summary>
/// <param name="Verb">GET, LIST, WATCH, POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION, CONNECT.</param>
/// <param name="Scope">cluster, namespace, resource; empty for paths that are no resources.</param>
/// <param name="Subresource">The subresource; the path for paths that are no resources.</param>
internal readonly record struct RequestLabels(
    string Verb, string Group, string Version, string Resource, string Subresource, string Scope)
{
    /// <summary>Which server answered.</summary>
    public string Component { get; init; } = "apiserver";

    /// <summary>All for a dry run.</summary>
    public string DryRun { get; init; } = "";

    /// <summary>A path that is no resource: /healthz.</summary>
    public static RequestLabels OfPath(string path) => new("GET", "", "", "", path, "");
}
