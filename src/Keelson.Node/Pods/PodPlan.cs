using Keelson.Nodes.Resize;

namespace Keelson.Nodes.Pods;

/// <summary>What is to be done about a pod. Computed by <see cref="PodPlanning"/>, done by the executor.</summary>
internal sealed record PodPlan
{
    /// <summary>Nothing is to be done.</summary>
    public static PodPlan Nothing { get; } = new();

    /// <summary>All containers and the sandbox are to end: the sandbox is no good, or the pod is done.</summary>
    public bool KillPod { get; init; }

    /// <summary>A sandbox is to be made.</summary>
    public bool CreateSandbox { get; init; }

    /// <summary>The number of the sandbox that is to be made.</summary>
    public uint Attempt { get; init; }

    /// <summary>The sandbox there is; empty for none.</summary>
    public string SandboxId { get; init; } = "";

    /// <summary>Containers that are to end.</summary>
    public IReadOnlyList<ContainerToKill> Kill { get; init; } = [];

    /// <summary>Containers that are to be started, in this order.</summary>
    public IReadOnlyList<ContainerSpec> Start { get; init; } = [];

    /// <summary>Containers that are told of new resources while they run.</summary>
    public IReadOnlyList<ContainerToUpdate> Update { get; init; } = [];

    /// <summary>The pod as a whole has new resources.</summary>
    public bool ResizesPod { get; init; }

    /// <summary>All containers end and are removed, and the pod begins anew in its sandbox.</summary>
    public bool RestartsAll { get; init; }

    /// <summary>True when resources are to be brought in force.</summary>
    public bool Resizes => Update.Count > 0 || ResizesPod;

    /// <summary>True when there is something to do.</summary>
    public bool HasWork =>
        KillPod || CreateSandbox || Kill.Count > 0 || Start.Count > 0 || Resizes || RestartsAll;
}

/// <summary>Why a container is killed; decides its grace period.</summary>
internal enum KillReason
{
    /// <summary>Any other.</summary>
    Other,

    /// <summary>Its liveness probe failed.</summary>
    LivenessProbe,

    /// <summary>Its startup probe failed.</summary>
    StartupProbe,
}

/// <summary>A container that is to end.</summary>
/// <param name="Container">The container.</param>
/// <param name="Spec">What it was made from.</param>
/// <param name="Message">What the event says.</param>
/// <param name="Reason">Why.</param>
internal sealed record ContainerToKill(
    ContainerPicture Container, ContainerSpec Spec, string Message, KillReason Reason);
