using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The last known state of a pod.</summary>
[ApiType("io.k8s.api.core.v1.PodStatus")]
public sealed partial record PodStatus
{
    /// <summary>The metadata.generation of the pod that this status reflects.</summary>
    [Field(17)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>
    /// Coarse summary of where the pod is in its life: Pending (not all containers were started yet), Running,
    /// Succeeded (all ended with exit code 0, none will restart), Failed (all ended, at least one in failure) or
    /// Unknown (the node does not report).
    /// </summary>
    [Field(1, Enum = typeof(PodPhase))]
    public partial string Phase { get; init; }

    /// <summary>
    /// Observations such as PodScheduled, Initialized, ContainersReady and Ready, one entry per type.
    /// </summary>
    [Field(2, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<PodCondition> Conditions { get; init; }

    /// <summary>Readable explanation of the present state.</summary>
    [Field(3)]
    public partial string Message { get; init; }

    /// <summary>Short CamelCase word for the present state, for example Evicted.</summary>
    [Field(4)]
    public partial string Reason { get; init; }

    /// <summary>
    /// Node the scheduler intends for the pod, for instance because pods are being evicted there to make room. Not
    /// a guarantee: the pod may end up elsewhere, and the space may go to a pod of higher priority.
    /// </summary>
    [Field(11)]
    public partial string NominatedNodeName { get; init; }

    /// <summary>Primary address of the node that runs the pod. Empty before the pod is scheduled.</summary>
    [Field(5)]
    public partial string HostIP { get; init; }

    /// <summary>Addresses of the node, at most one per IP family; the first equals hostIP.</summary>
    [Field(16, List = ListType.Atomic, PatchStrategy = "merge", MergeKey = "ip")]
    public partial ApiList<HostIP> HostIPs { get; init; }

    /// <summary>
    /// Primary address of the pod, reachable at least from within the cluster. Empty until it is allocated.
    /// </summary>
    [Field(6)]
    public partial string PodIP { get; init; }

    /// <summary>Addresses of the pod, at most one IPv4 and one IPv6; the first equals podIP.</summary>
    [Field(12, List = ListType.Map, Keys = "ip", PatchStrategy = "merge", MergeKey = "ip")]
    public partial ApiList<PodIP> PodIPs { get; init; }

    /// <summary>When the kubelet acknowledged the pod, before it pulled any image.</summary>
    [Field(7)]
    public partial Time? StartTime { get; init; }

    /// <summary>
    /// State of every init container, in no guaranteed order; the entry of a completed one shows it as ready.
    /// </summary>
    [Field(10, List = ListType.Atomic)]
    public partial ApiList<ContainerStatus> InitContainerStatuses { get; init; }

    /// <summary>State of every app container.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<ContainerStatus> ContainerStatuses { get; init; }

    /// <summary>
    /// Quality of service class derived from requests and limits: Guaranteed, Burstable or BestEffort. It
    /// influences who is evicted first when the node runs short.
    /// </summary>
    [Field(9, Enum = typeof(PodQOSClass))]
    public partial string QosClass { get; init; }

    /// <summary>State of the ephemeral containers that were added to the pod.</summary>
    [Field(13, List = ListType.Atomic)]
    public partial ApiList<ContainerStatus> EphemeralContainerStatuses { get; init; }

    /// <summary>
    /// Deprecated; progress of a resource resize. The conditions PodResizePending and PodResizeInProgress have
    /// replaced it.
    /// </summary>
    [Field(14, GoType = "v1.PodResizeStatus")]
    public partial string Resize { get; init; }

    /// <summary>For each entry of spec.resourceClaims, the claim object that is used for it.</summary>
    [Field(15, List = ListType.Map, Keys = "name", PatchStrategy = "merge,retainKeys", MergeKey = "name")]
    public partial ApiList<PodResourceClaimStatus> ResourceClaimStatuses { get; init; }

    /// <summary>
    /// The claim that was created to satisfy extended resource requests of this pod with devices.
    /// </summary>
    [Field(18)]
    public partial PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }

    /// <summary>Resources the node has set aside for the pod as a whole.</summary>
    [Field(19)]
    public partial ApiMap<Quantity> AllocatedResources { get; init; }

    /// <summary>
    /// Requests and limits at pod level that are in force at the moment. Differs from the spec while a resize is
    /// under way.
    /// </summary>
    [Field(20)]
    public partial ResourceRequirements? Resources { get; init; }

    /// <summary>
    /// Node resources such as cpu and memory that the pod consumes by way of resource claims. Needs the
    /// DRANodeAllocatableResources feature gate.
    /// </summary>
    [Field(21, List = ListType.Atomic)]
    public partial ApiList<NodeAllocatableResourceClaimStatus> NodeAllocatableResourceClaimStatuses { get; init; }
}
