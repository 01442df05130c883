using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A volume that is attached to a node.</summary>
[ApiType("io.k8s.api.core.v1.AttachedVolume")]
public sealed partial record AttachedVolume
{
    /// <summary>Identity of the volume.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.UniqueVolumeName")]
    public partial string Name { get; init; }

    /// <summary>Path of the device on the node.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string DevicePath { get; init; }
}
