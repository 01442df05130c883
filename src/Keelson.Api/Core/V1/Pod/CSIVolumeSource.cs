using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Inline volume of a CSI driver.</summary>
[ApiType("io.k8s.api.core.v1.CSIVolumeSource")]
public sealed partial record CSIVolumeSource
{
    /// <summary>Name of the CSI driver as registered on the node.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>Mounts the volume read only. Defaults to false.</summary>
    [Field(2)]
    public partial bool? ReadOnly { get; init; }

    /// <summary>File system to mount, such as ext4 or xfs. If empty the driver decides.</summary>
    [Field(3)]
    public partial string? FsType { get; init; }

    /// <summary>Parameters for the driver, whose meaning it defines.</summary>
    [Field(4)]
    public partial ApiMap<string> VolumeAttributes { get; init; }

    /// <summary>
    /// Secret in the namespace of the pod that is passed to the driver when the volume is mounted.
    /// </summary>
    [Field(5)]
    public partial LocalObjectReference? NodePublishSecretRef { get; init; }
}
