using System.Net;
using Keelson.Cluster;
using Keelson.Simulation;

namespace Keelson.Commands.Up;

/// <summary>What <c>keelson up</c> was asked for.</summary>
internal sealed record UpOptions
{
    /// <summary>Where the cluster is kept; absolute.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The address to listen on.</summary>
    public required IPAddress BindAddress { get; init; }

    /// <summary>The port to listen on; 0 for a free one.</summary>
    public required int SecurePort { get; init; }

    /// <summary>Nodes without containers; null for none.</summary>
    public SimulatedNodesConfig? SimulatedNodes { get; init; }

    /// <summary>How often kubelets are asked what is used.</summary>
    public TimeSpan MetricResolution { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After which time without a sign of life a node counts as gone.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Whether kubelets must show a certificate of the cluster's authority.</summary>
    public bool VerifiesKubelets { get; init; } = true;

    /// <summary>The node with containers; null for none.</summary>
    public LocalNodeConfig? Node { get; init; }

    /// <summary>Whether Debian packages that a node needs may be installed.</summary>
    public bool MayInstall { get; init; } = true;

    /// <summary>Whether pods run on when the process ends.</summary>
    public bool LeavesPods { get; init; }

    /// <summary>Whether the cluster is put into the user's own kubeconfig.</summary>
    public bool MergesKubeconfig { get; init; }
}
