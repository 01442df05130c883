using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Allocation and users of a claim.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceClaimStatus")]
public sealed partial record ResourceClaimStatus
{
    /// <summary>Devices allocated; set once allocation succeeded.</summary>
    [Field(1)]
    public partial AllocationResult? Allocation { get; init; }

    /// <summary>
    /// Objects, normally pods, that may use the claim at present; at most 256. The claim cannot be released while
    /// there are any.
    /// </summary>
    [Field(2, List = ListType.Map, Keys = "uid", PatchStrategy = "merge", MergeKey = "uid")]
    public partial ApiList<ResourceClaimConsumerReference> ReservedFor { get; init; }

    /// <summary>What drivers report about the allocated devices.</summary>
    [Field(4, List = ListType.Map, Keys = "driver,device,pool,shareID")]
    public partial ApiList<AllocatedDeviceStatus> Devices { get; init; }
}
