using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Which claim object serves an entry of spec.resourceClaims.</summary>
[ApiType("io.k8s.api.core.v1.PodResourceClaimStatus")]
public sealed partial record PodResourceClaimStatus
{
    /// <summary>Name of the entry in spec.resourceClaims.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// Name of the generated ResourceClaim. Absent when no claim had to be created, in which case the entry can be
    /// ignored.
    /// </summary>
    [Field(2)]
    public partial string? ResourceClaimName { get; init; }
}
