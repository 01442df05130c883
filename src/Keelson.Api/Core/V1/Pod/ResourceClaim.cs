using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Reference of a container to a resource claim of its pod.</summary>
[ApiType("io.k8s.api.core.v1.ResourceClaim")]
public sealed partial record ResourceClaim
{
    /// <summary>Name of the entry in spec.resourceClaims of the pod.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// Name of one request of that claim, to expose only its result. If empty everything the claim provides is made
    /// available.
    /// </summary>
    [Field(2)]
    public partial string Request { get; init; }
}
