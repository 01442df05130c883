using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Node resources that the pod uses through one resource claim.</summary>
[ApiType("io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus")]
public sealed partial record NodeAllocatableResourceClaimStatus
{
    /// <summary>Name of the ResourceClaim that is the source.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string ResourceClaimName { get; init; }

    /// <summary>Containers of the pod that refer to the claim.</summary>
    [Field(2, List = ListType.Set)]
    public partial ApiList<string> Containers { get; init; }

    /// <summary>
    /// Amount per resource name that this claim takes from the allocatable resources of the node.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial ApiMap<Quantity> Resources { get; init; }
}
