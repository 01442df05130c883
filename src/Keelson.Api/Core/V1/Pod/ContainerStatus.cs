using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>State of one container of a pod, reported by the kubelet.</summary>
[ApiType("io.k8s.api.core.v1.ContainerStatus")]
public sealed partial record ContainerStatus
{
    /// <summary>Name of the container.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>What the container is doing now: waiting, running or terminated.</summary>
    [Field(2)]
    public partial ContainerState State { get; init; }

    /// <summary>How the previous run of the container ended. Empty if it has not been restarted.</summary>
    [Field(3)]
    public partial ContainerState LastState { get; init; }

    /// <summary>
    /// Whether the container passes its readiness probe. Without a probe it is true while the container runs and
    /// has started; for an init container that has completed it is true.
    /// </summary>
    [Field(4, Always = true, Required = true)]
    public partial bool Ready { get; init; }

    /// <summary>
    /// How often the container was restarted. Counted by the kubelet; it may be too low, as it depends on old
    /// containers still being present on the node.
    /// </summary>
    [Field(5, Always = true, Required = true)]
    public partial int RestartCount { get; init; }

    /// <summary>
    /// Image the container runs. May differ from the one in the spec, since the runtime may have resolved it to
    /// another name.
    /// </summary>
    [Field(6, Always = true, Required = true)]
    public partial string Image { get; init; }

    /// <summary>Identity of the image in the runtime, usually with a digest.</summary>
    [Field(7, Always = true, Required = true)]
    public partial string ImageID { get; init; }

    /// <summary>
    /// Identity of the container in the form runtime://id, where runtime is for example containerd.
    /// </summary>
    [Field(8)]
    public partial string ContainerID { get; init; }

    /// <summary>
    /// Whether the postStart hook has finished and the startup probe has succeeded. Reset to false on a restart;
    /// null while unknown.
    /// </summary>
    [Field(9)]
    public partial bool? Started { get; init; }

    /// <summary>
    /// Resource requests the node has admitted for the container. Follows the spec after a resize has been
    /// accepted.
    /// </summary>
    [Field(10)]
    public partial ApiMap<Quantity> AllocatedResources { get; init; }

    /// <summary>
    /// Requests and limits that are in force on the running container. Differs from the spec while a resize is
    /// pending.
    /// </summary>
    [Field(11)]
    public partial ResourceRequirements? Resources { get; init; }

    /// <summary>State of the volume mounts of the container.</summary>
    [Field(12, List = ListType.Map, Keys = "mountPath", PatchStrategy = "merge", MergeKey = "mountPath")]
    public partial ApiList<VolumeMountStatus> VolumeMounts { get; init; }

    /// <summary>User and groups under which the first process was started.</summary>
    [Field(13)]
    public partial ContainerUser? User { get; init; }

    /// <summary>Health of the devices that were assigned to the container.</summary>
    [Field(14, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<ResourceStatus> AllocatedResourcesStatus { get; init; }

    /// <summary>Signal that will be sent to stop the container.</summary>
    [Field(15, Enum = typeof(Signal))]
    public partial string? StopSignal { get; init; }
}
