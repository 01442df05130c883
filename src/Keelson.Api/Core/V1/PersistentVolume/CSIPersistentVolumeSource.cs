using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A volume that is managed by a CSI driver.</summary>
[ApiType("io.k8s.api.core.v1.CSIPersistentVolumeSource")]
public sealed partial record CSIPersistentVolumeSource
{
    /// <summary>Name of the driver. Required.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>Identity of the volume at the driver; unique per driver and fixed. Required.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string VolumeHandle { get; init; }

    /// <summary>Whether the volume is handed to the driver as read only. Defaults to false.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }

    /// <summary>File system to mount, such as ext4 or xfs. If empty the driver decides.</summary>
    [Field(4)]
    public partial string FsType { get; init; }

    /// <summary>Attributes of the volume that the driver returned when it was created.</summary>
    [Field(5)]
    public partial ApiMap<string> VolumeAttributes { get; init; }

    /// <summary>Secret passed to the driver when the volume is attached to or detached from a node.</summary>
    [Field(6)]
    public partial SecretReference? ControllerPublishSecretRef { get; init; }

    /// <summary>Secret passed to the driver when the volume is staged on a node.</summary>
    [Field(7)]
    public partial SecretReference? NodeStageSecretRef { get; init; }

    /// <summary>Secret passed to the driver when the volume is mounted for a pod.</summary>
    [Field(8)]
    public partial SecretReference? NodePublishSecretRef { get; init; }

    /// <summary>Secret passed to the driver when the volume is expanded on the storage side.</summary>
    [Field(9)]
    public partial SecretReference? ControllerExpandSecretRef { get; init; }

    /// <summary>Secret passed to the driver when the volume is expanded on a node.</summary>
    [Field(10)]
    public partial SecretReference? NodeExpandSecretRef { get; init; }
}
