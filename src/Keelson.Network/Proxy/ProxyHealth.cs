using System.Globalization;
using Keelson.Api.Core.V1;
using Microsoft.AspNetCore.Http;

namespace Keelson.Network.Proxy;

/// <summary>What the proxy says of itself: <c>/healthz</c>, <c>/livez</c>, <c>/metrics</c>.</summary>
internal sealed class ProxyHealth(ServiceProxyConfig config) : IAsyncDisposable
{
    // The cluster autoscaler's taint on nodes that are about to go: load balancers should no longer send anything.
    private const string AutoscalerTaint = "ToBeDeletedByClusterAutoscaler";

    // Changes that wait longer than two rounds are a sign that the proxy is stuck.
    private readonly TimeSpan _patience = config.Resync * 2;
    private readonly Lock _gate = new();
    private readonly List<PageServer> _servers = [];
    private long? _queuedSince;
    private DateTimeOffset _updated;
    private bool _isNodeEligible = true;
    private long _syncs;
    private double _syncSeconds;
    private double _lastSyncSeconds;
    private int _serviceCount;

    /// <summary>True when changes come through.</summary>
    public bool IsHealthy
    {
        get
        {
            lock (_gate)
            {
                return _queuedSince is not { } since || config.Clock.GetElapsedTime(since) < _patience;
            }
        }
    }

    /// <summary>How many changes have come through.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Serves what is configured.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        if (config.HealthAddress is { } health)
        {
            _servers.Add(await PageServer.StartAsync(health, AnswerAsync, stop));
        }

        if (config.MetricsAddress is { } metrics)
        {
            _servers.Add(await PageServer.StartAsync(metrics, AnswerAsync, stop));
        }
    }

    /// <summary>A change waits.</summary>
    public void Queued()
    {
        lock (_gate)
        {
            _queuedSince ??= config.Clock.GetTimestamp();
        }
    }

    /// <summary>All changes are through.</summary>
    public void Synced(TimeSpan took, int serviceCount, bool isChange)
    {
        lock (_gate)
        {
            _queuedSince = null;
            _updated = config.Clock.GetUtcNow();
            _serviceCount = serviceCount;
            if (isChange)
            {
                _syncs++;
                _syncSeconds += took.TotalSeconds;
                _lastSyncSeconds = took.TotalSeconds;
            }
        }
    }

    /// <summary>Takes the node as it is now.</summary>
    public void SetNode(Node? node)
    {
        lock (_gate)
        {
            _isNodeEligible = node is not null
                && node.Metadata.DeletionTimestamp is null
                && !node.Spec.Taints.Any(static one => one.Key == AutoscalerTaint);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (PageServer one in _servers)
        {
            await one.DisposeAsync();
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        bool healthy = IsHealthy;
        DateTimeOffset now = config.Clock.GetUtcNow();
        DateTimeOffset updated;
        bool isNodeEligible;
        lock (_gate)
        {
            isNodeEligible = _isNodeEligible;

            // With nothing waiting the rules are right as of now.
            updated = healthy && _queuedSince is null ? now : _updated;
        }

        (int code, string type, string body) = context.Request.Path.Value switch
        {
            "/healthz" => (Code(healthy && isNodeEligible), "application/json",
                HealthPages.OfProxy(updated, now, isNodeEligible)),
            "/livez" => (Code(healthy), "application/json", HealthPages.OfLife(updated, now)),
            "/metrics" => (200, "text/plain; version=0.0.4; charset=utf-8", Metrics()),
            "/proxyMode" => (200, "text/plain; charset=utf-8", "nftables"),
            _ => (404, "text/plain; charset=utf-8", "404 page not found\n"),
        };
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        return context.Response.WriteAsync(body);
    }

    private static int Code(bool isRight) =>
        isRight ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private string Metrics()
    {
        lock (_gate)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"""
                # HELP kubeproxy_sync_proxy_rules_duration_seconds SyncProxyRules latency in seconds
                # TYPE kubeproxy_sync_proxy_rules_duration_seconds summary
                kubeproxy_sync_proxy_rules_duration_seconds_sum {_syncSeconds}
                kubeproxy_sync_proxy_rules_duration_seconds_count {_syncs}
                # HELP kubeproxy_sync_proxy_rules_last_timestamp_seconds When proxy rules were last in sync
                # TYPE kubeproxy_sync_proxy_rules_last_timestamp_seconds gauge
                kubeproxy_sync_proxy_rules_last_timestamp_seconds {_updated.ToUnixTimeMilliseconds() / 1000.0}
                # HELP keelson_proxy_last_sync_seconds How long the last change took until nftables had it
                # TYPE keelson_proxy_last_sync_seconds gauge
                keelson_proxy_last_sync_seconds {_lastSyncSeconds}
                # HELP keelson_proxy_services Services with rules
                # TYPE keelson_proxy_services gauge
                keelson_proxy_services {_serviceCount}

                """);
        }
    }
}
