using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>State of one volume mount of a container.</summary>
[ApiType("io.k8s.api.core.v1.VolumeMountStatus")]
public sealed partial record VolumeMountStatus
{
    /// <summary>Name of the mount, as in the spec.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Path at which it is mounted, as in the spec.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string MountPath { get; init; }

    /// <summary>Whether it is read only.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }

    /// <summary>Outcome for mounts below: Disabled or Enabled, never IfPossible.</summary>
    [Field(4, GoType = "v1.RecursiveReadOnlyMode")]
    public partial string? RecursiveReadOnly { get; init; }

    /// <summary>Details that depend on the kind of the volume.</summary>
    [Field(5)]
    public partial VolumeStatus? VolumeStatus { get; init; }
}
