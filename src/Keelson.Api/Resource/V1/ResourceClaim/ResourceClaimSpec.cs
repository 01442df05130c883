using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>What a claim asks for.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceClaimSpec")]
public sealed partial record ResourceClaimSpec
{
    /// <summary>Devices wanted.</summary>
    [Field(1, Always = true)]
    public partial DeviceClaim Devices { get; init; }
}
