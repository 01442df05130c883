using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A volume of a pod: a name and exactly one source that says where the data lives.</summary>
[ApiType("io.k8s.api.core.v1.Volume")]
public sealed partial record Volume
{
    /// <summary>Name by which mounts refer to the volume, a DNS label unique within the pod.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>A volume of a pod: a name and exactly one source that says where the data lives.</summary>
    [Field(2, Inline = true)]
    public partial VolumeSource VolumeSource { get; init; }
}
