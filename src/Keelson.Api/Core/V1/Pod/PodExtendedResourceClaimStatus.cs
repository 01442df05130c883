using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Describes the claim that backs the extended resources of the pod.</summary>
[ApiType("io.k8s.api.core.v1.PodExtendedResourceClaimStatus")]
public sealed partial record PodExtendedResourceClaimStatus
{
    /// <summary>Which request of the claim serves which extended resource of which container.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<ContainerExtendedResourceRequest> RequestMappings { get; init; }

    /// <summary>
    /// Name of the ResourceClaim, in the namespace of the pod, that was made for the extended resources.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial string ResourceClaimName { get; init; }
}
