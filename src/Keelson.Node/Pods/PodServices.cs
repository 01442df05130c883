using Keelson.Client.Events;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Images;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;
using Keelson.Nodes.UserNamespaces;
using Keelson.Nodes.Volumes;

namespace Keelson.Nodes.Pods;

/// <summary>What workers of pods work with.</summary>
internal sealed record PodServices
{
    /// <summary>The agent's surroundings.</summary>
    public required NodeContext Context { get; init; }

    /// <summary>The runtime.</summary>
    public required CriClient Runtime { get; init; }

    /// <summary>Reads from the runtime.</summary>
    public required RuntimePictures Pictures { get; init; }

    /// <summary>What sandboxes are made from.</summary>
    public required SandboxConfigs Sandboxes { get; init; }

    /// <summary>Starts containers.</summary>
    public required ContainerStarter Starter { get; init; }

    /// <summary>Pulls images.</summary>
    public required ImagePuller Images { get; init; }

    /// <summary>Ends containers.</summary>
    public required ContainerKiller ContainerKiller { get; init; }

    /// <summary>Ends pods.</summary>
    public required PodKiller Killer { get; init; }

    /// <summary>Volumes.</summary>
    public required IPodVolumes Volumes { get; init; }

    /// <summary>Where a volume of a pod is; null when it is not in place.</summary>
    public required Func<Api.Core.V1.Pod, string, string?> VolumePath { get; init; }

    /// <summary>Control groups.</summary>
    public required PodCgroups Cgroups { get; init; }

    /// <summary>Who makes them: <c>cgroupfs</c> or <c>systemd</c>.</summary>
    public string CgroupDriver { get; init; } = CgroupDriverChoice.Files;

    /// <summary>What containers have for themselves.</summary>
    public required Placements Placements { get; init; }

    /// <summary>Claims of dynamic resources.</summary>
    public required DynamicResources Dynamic { get; init; }

    /// <summary>What pods were given.</summary>
    public required PodResizing Resizing { get; init; }

    /// <summary>Brings in force what pods were given.</summary>
    public required ContainerResizer Resizer { get; init; }

    /// <summary>Ids of users and groups.</summary>
    public required PodUserNamespaces UserNamespaces { get; init; }

    /// <summary>Events.</summary>
    public required EventRecorder Events { get; init; }

    /// <summary>Runs probes.</summary>
    public required ProbeRunner Probes { get; init; }

    /// <summary>The node's addresses, the primary first.</summary>
    public required Func<IReadOnlyList<string>> HostAddresses { get; init; }

    /// <summary>Whether a pod may run here.</summary>
    public required PodAdmission Admission { get; init; }

    /// <summary>The runtime's name: <c>containerd</c>.</summary>
    public required string RuntimeName { get; init; }
}
