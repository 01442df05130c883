using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>What is known about a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeStatus")]
public sealed partial record NodeStatus
{
    /// <summary>Total resources of the node.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> Capacity { get; init; }

    /// <summary>Resources that pods may use, after what is reserved for the system. Defaults to capacity.</summary>
    [Field(2)]
    public partial ApiMap<Quantity> Allocatable { get; init; }

    /// <summary>Deprecated and no longer set.</summary>
    [Field(3, Enum = typeof(NodePhase))]
    public partial string Phase { get; init; }

    /// <summary>
    /// Observations such as Ready, MemoryPressure, DiskPressure and PIDPressure, one entry per type.
    /// </summary>
    [Field(4, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<NodeCondition> Conditions { get; init; }

    /// <summary>Names and addresses under which the node can be reached. They may change over its life.</summary>
    [Field(5, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<NodeAddress> Addresses { get; init; }

    /// <summary>Ports at which the daemons of the node listen.</summary>
    [Field(6)]
    public partial NodeDaemonEndpoints DaemonEndpoints { get; init; }

    /// <summary>Identities of the machine and versions of its software.</summary>
    [Field(7)]
    public partial NodeSystemInfo NodeInfo { get; init; }

    /// <summary>Container images on the node, the largest ones first, usually limited to 50.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<ContainerImage> Images { get; init; }

    /// <summary>Volumes that are mounted on the node and must not be detached.</summary>
    [Field(9, List = ListType.Atomic, GoType = "v1.UniqueVolumeName")]
    public partial ApiList<string> VolumesInUse { get; init; }

    /// <summary>Volumes that are attached to the node.</summary>
    [Field(10, List = ListType.Atomic)]
    public partial ApiList<AttachedVolume> VolumesAttached { get; init; }

    /// <summary>Deprecated: state of the former dynamic configuration of the kubelet.</summary>
    [Field(11)]
    public partial NodeConfigStatus? Config { get; init; }

    /// <summary>Handlers that the container runtime offers, with their features.</summary>
    [Field(12, List = ListType.Atomic)]
    public partial ApiList<NodeRuntimeHandler> RuntimeHandlers { get; init; }

    /// <summary>Features of the container runtime that do not depend on a handler.</summary>
    [Field(13)]
    public partial NodeFeatures? Features { get; init; }

    /// <summary>
    /// Features the kubelet of this node supports, by name; the scheduler compares them with what pods need.
    /// </summary>
    [Field(14, List = ListType.Atomic)]
    public partial ApiList<string> DeclaredFeatures { get; init; }
}
