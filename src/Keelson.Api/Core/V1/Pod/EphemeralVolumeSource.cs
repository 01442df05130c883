using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Storage from a claim that belongs to the pod.</summary>
[ApiType("io.k8s.api.core.v1.EphemeralVolumeSource")]
public sealed partial record EphemeralVolumeSource
{
    /// <summary>
    /// Blueprint of the claim, which is named after pod and volume (POD-VOLUME), owned by the pod and deleted with
    /// it. An existing claim of that name that is not owned by the pod keeps it from starting. Immutable.
    /// </summary>
    [Field(1)]
    public partial PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; init; }
}
