using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Hands a block volume to a container as a device.</summary>
[ApiType("io.k8s.api.core.v1.VolumeDevice")]
public sealed partial record VolumeDevice
{
    /// <summary>Name of a persistentVolumeClaim or ephemeral volume of the pod that has volumeMode Block.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Path of the device within the container, unique within it.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string DevicePath { get; init; }
}
