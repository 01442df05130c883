using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Storage behind a claim.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource")]
public sealed partial record PersistentVolumeClaimVolumeSource
{
    /// <summary>PersistentVolumeClaim in the namespace of the pod.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string ClaimName { get; init; }

    /// <summary>Makes all mounts of the volume read only. Defaults to false.</summary>
    [Field(2)]
    public partial bool ReadOnly { get; init; }
}
