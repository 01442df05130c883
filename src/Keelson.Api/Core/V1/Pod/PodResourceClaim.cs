using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A claim the pod depends on, either an existing one or one that is generated from a template. Exactly one of the
/// two sources must be given.
/// </summary>
[ApiType("io.k8s.api.core.v1.PodResourceClaim")]
public sealed partial record PodResourceClaim
{
    /// <summary>Name by which containers refer to this entry, unique within the pod; a DNS label.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Existing ResourceClaim in the namespace of the pod. Several pods may share it.</summary>
    [Field(3)]
    public partial string? ResourceClaimName { get; init; }

    /// <summary>
    /// ResourceClaimTemplate in the namespace of the pod. A new claim is created from it for this pod and deleted
    /// together with it.
    /// </summary>
    [Field(4)]
    public partial string? ResourceClaimTemplateName { get; init; }
}
