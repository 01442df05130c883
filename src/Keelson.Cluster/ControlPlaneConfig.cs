using System.Net;
using Keelson.Scheduler.Config;
using Keelson.Simulation;

namespace Keelson.Cluster;

/// <summary>What <c>keelson up</c> starts.</summary>
public sealed record ControlPlaneConfig
{
    /// <summary>Where everything of this cluster is kept.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The address to listen on.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on; 0 lets the system choose.</summary>
    public int SecurePort { get; init; }

    /// <summary>Which controllers run, as <c>--controllers</c> of kube-controller-manager has it.</summary>
    public IReadOnlyList<string> Controllers { get; init; } = ["*"];

    /// <summary>Nodes without containers; null for none.</summary>
    public SimulatedNodesConfig? SimulatedNodes { get; init; }

    /// <summary>How often kubelets are asked what is used.</summary>
    public TimeSpan MetricsResolution { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often autoscalers look at metrics.</summary>
    public TimeSpan AutoscalerSyncPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The node with containers in this process; null for none.</summary>
    public LocalNodeConfig? Node { get; init; }

    /// <summary>Whether kubelets must show a certificate of the cluster's authority
    /// (<c>--kubelet-certificate-authority</c>).</summary>
    public bool VerifiesKubelets { get; init; } = true;

    /// <summary>After which time without a sign of life a node counts as gone
    /// (<c>--node-monitor-grace-period</c>).</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>The scheduler's settings.</summary>
    public KubeSchedulerConfiguration Scheduler { get; init; } = new();

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the control plane says what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>Called when the control plane can't go on.</summary>
    public Action<Exception> OnFatal { get; init; } = static _ => { };
}
