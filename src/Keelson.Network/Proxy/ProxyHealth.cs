using Keelson.Api.Core.V1;

namespace Keelson.Network.Proxy;

/// <summary>Whether the proxy is well, and its node is there to stay.</summary>
internal sealed class ProxyHealth(ServiceProxyConfig config)
{
    // The cluster autoscaler's taint on nodes that are about to go: load balancers should no longer send anything.
    private const string AutoscalerTaint = "ToBeDeletedByClusterAutoscaler";

    // Changes that wait longer than two rounds are a sign that the proxy is stuck.
    private readonly TimeSpan _patience = config.Resync * 2;
    private readonly Lock _gate = new();
    private long? _queuedSince;
    private DateTimeOffset _updated;
    private bool _isNodeEligible = true;
    private long _syncs;

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

    /// <summary>False when the node is about to go.</summary>
    public bool IsNodeEligible
    {
        get
        {
            lock (_gate)
            {
                return _isNodeEligible;
            }
        }
    }

    /// <summary>When changes came through last.</summary>
    public DateTimeOffset Updated
    {
        get
        {
            lock (_gate)
            {
                return _updated;
            }
        }
    }

    /// <summary>How many changes have come through.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>A change waits.</summary>
    public void Queued()
    {
        lock (_gate)
        {
            _queuedSince ??= config.Clock.GetTimestamp();
        }
    }

    /// <summary>All changes are through.</summary>
    public void Synced(bool isChange)
    {
        lock (_gate)
        {
            _queuedSince = null;
            _updated = config.Clock.GetUtcNow();
            _syncs += isChange ? 1 : 0;
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
}
