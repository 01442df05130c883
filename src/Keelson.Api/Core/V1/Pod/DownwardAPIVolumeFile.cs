using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A file with a value of the pod. Exactly one of fieldRef and resourceFieldRef must be set.</summary>
[ApiType("io.k8s.api.core.v1.DownwardAPIVolumeFile")]
public sealed partial record DownwardAPIVolumeFile
{
    /// <summary>Relative path of the file, without .. elements.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>Field to show: metadata.name, namespace, uid, labels or annotations.</summary>
    [Field(2)]
    public partial ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>Request or limit of a container to show. containerName is required here.</summary>
    [Field(3)]
    public partial ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>
    /// Permission bits of this file, 0 to 0777 in octal. Defaults to the defaultMode of the volume.
    /// </summary>
    [Field(4)]
    public partial int? Mode { get; init; }
}
