namespace Keelson.Controllers.NodeLifecycle;

/// <summary>When nodes count as gone, and how fast their pods are let go. The flag that sets one is named beside
/// it.</summary>
public sealed record NodeLifecycleConfig
{
    /// <summary>How often nodes are looked at (<c>--node-monitor-period</c>).</summary>
    public TimeSpan MonitorPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a node may say nothing (<c>--node-monitor-grace-period</c>).</summary>
    public TimeSpan MonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>How long a new node may say nothing (<c>--node-startup-grace-period</c>).</summary>
    public TimeSpan StartupGracePeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Nodes a second that are tainted in a healthy zone (<c>--node-eviction-rate</c>).</summary>
    public double EvictionRate { get; init; } = 0.1;

    /// <summary>The same in an unhealthy zone of a large cluster (<c>--secondary-node-eviction-rate</c>).</summary>
    public double SecondaryEvictionRate { get; init; } = 0.01;

    /// <summary>From more nodes than this on a zone is large (<c>--large-cluster-size-threshold</c>).</summary>
    public int LargeClusterSize { get; init; } = 50;

    /// <summary>The share of nodes not ready that makes a zone unhealthy (<c>--unhealthy-zone-threshold</c>).</summary>
    public double UnhealthyZoneThreshold { get; init; } = 0.55;
}
