using System.Diagnostics;
using Keelson.Server.Discovery;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Metrics;

/// <summary>Counts and times every request, and passes on what another observer is to see.</summary>
internal sealed class RequestMeter : IRequestObserver
{
    private readonly RequestMetrics _metrics;
    private readonly StorageMetrics _storage;
    private readonly DiscoveryRegistry _registry;
    private readonly IRequestObserver _next;
    private readonly Action<HttpContext, RequestInfo, long> _end;

    /// <summary>A meter before another observer.</summary>
    public RequestMeter(ServerMetrics metrics, DiscoveryRegistry registry, IRequestObserver next)
    {
        (_metrics, _storage, _registry, _next) = (metrics.Requests, metrics.Storage, registry, next);
        _end = End;
    }

    /// <inheritdoc/>
    public RequestScope Begin(HttpContext http, RequestInfo info)
    {
        _next.Begin(http, info);
        if (IsEndless(info))
        {
            RequestLabels labels = LabelsOf(http, info);
            if (labels.Verb.Length > 0)
            {
                _metrics.LongRunning(labels, 1);
            }

            if (labels.Verb == "WATCH")
            {
                // Whoever writes the events counts them.
                http.Features.Set(_storage.Watch(labels.Group, labels.Version, labels.Resource));
            }
        }
        else
        {
            _metrics.InFlight(IsMutating(info), 1);
        }

        return new RequestScope(_end, http, info, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Failed(HttpContext http, Exception exception) => _next.Failed(http, exception);

    private void End(HttpContext http, RequestInfo info, long start)
    {
        RequestLabels labels = LabelsOf(http, info);
        if (!IsEndless(info))
        {
            _metrics.InFlight(IsMutating(info), -1);
        }
        else if (labels.Verb.Length > 0)
        {
            _metrics.LongRunning(labels, -1);
        }

        if (labels.Resource.Length == 0 && labels.Subresource.Length == 0)
        {
            return;
        }

        _metrics.Done(labels, http.Response.StatusCode, Stopwatch.GetElapsedTime(start).TotalSeconds,
            http.Response.ContentLength ?? 0);
        if (IsMutating(info) && http.Request.ContentLength is { } size)
        {
            _metrics.BodyRead(labels.Group, labels.Resource, info.Verb, size);
        }
    }

    /// <summary>
    /// The labels of a request. What clients make up, resources and paths that there are none of, gets no labels: they
    /// would grow the metrics without bound.
    /// </summary>
    private RequestLabels LabelsOf(HttpContext http, RequestInfo info)
    {
        if (!info.IsResource)
        {
            return RequestLabels.OfPath(KnownPath(info.Path));
        }

        if (!_registry.Current.Offers(info.Group, info.Version, info.Resource))
        {
            return new RequestLabels("", "", "", "", "", "");
        }

        string verb = MetricVerb.Of(info.Verb);
        if (info.Subresource is "exec" or "attach" or "portforward" or "proxy"
            || (info.Subresource == "log" && verb == "GET"))
        {
            verb = "CONNECT";
        }
        else if (verb == "PATCH"
            && (http.Request.ContentType ?? "").StartsWith("application/apply-patch", StringComparison.Ordinal))
        {
            verb = "APPLY";
        }

        IQueryCollection query = http.Request.Query;
        return new RequestLabels(
            verb,
            info.Group,
            info.Version,
            info.Resource,
            SubresourceTable.IsKnown(info.Subresource) ? info.Subresource : "",
            MetricVerb.Scope(info.Namespace, info.Name, info.Verb))
        {
            DryRun = query.Count > 0 && query["dryRun"] == "All" ? "All" : "",
        };
    }

    private static bool IsEndless(RequestInfo info) => info.IsResource
        && (info.Verb == "watch" || info.Subresource is "exec" or "attach" or "portforward" or "proxy" or "log");

    private static bool IsMutating(RequestInfo info) =>
        info.Verb is not ("get" or "list" or "watch" or "head" or "options");

    private static string KnownPath(string path) => path switch
    {
        "/api" or "/apis" or "/version" or "/metrics" or "/metrics/slis" or "/openapi/v2" or "/openapi/v3"
            or "/healthz" or "/livez" or "/readyz" or "/" => path,
        _ when path.StartsWith("/openapi/v3/", StringComparison.Ordinal) => "/openapi/v3/*",
        _ => "",
    };
}
