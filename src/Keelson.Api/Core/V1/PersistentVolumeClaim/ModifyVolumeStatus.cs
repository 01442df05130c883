using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Progress of a change of volume attributes.</summary>
[ApiType("io.k8s.api.core.v1.ModifyVolumeStatus")]
public sealed partial record ModifyVolumeStatus
{
    /// <summary>The VolumeAttributesClass that is being applied.</summary>
    [Field(1)]
    public partial string TargetVolumeAttributesClassName { get; init; }

    /// <summary>
    /// Pending (waits, because the class does not exist for instance), InProgress or Infeasible (rejected by the
    /// driver; choose another class).
    /// </summary>
    [Field(2, Always = true, Required = true, Enum = typeof(PersistentVolumeClaimModifyVolumeStatus))]
    public partial string Status { get; init; }
}
