using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a volume of an executable on the node, for volumes.</summary>
[ApiType("io.k8s.api.core.v1.FlexPersistentVolumeSource")]
public sealed partial record FlexPersistentVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>File system type; the driver decides if absent.</summary>
    [Field(2)]
    public partial string FsType { get; init; }

    /// <summary>Secret passed to the driver.</summary>
    [Field(3)]
    public partial SecretReference? SecretRef { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(4)]
    public partial bool ReadOnly { get; init; }

    /// <summary>Extra options for the driver.</summary>
    [Field(5)]
    public partial ApiMap<string> Options { get; init; }
}
