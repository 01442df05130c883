using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>Blueprint of a claim that is made for a pod.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeClaimTemplate")]
public sealed partial record PersistentVolumeClaimTemplate
{
    /// <summary>Labels and annotations for the claim. No other metadata may be set.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The spec of the claim, copied unchanged.</summary>
    [Field(2, Always = true, Required = true)]
    public partial PersistentVolumeClaimSpec Spec { get; init; }
}
