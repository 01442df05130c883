using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A device on a Fibre Channel network. Either targetWWNs with lun, or wwids, is needed.</summary>
[ApiType("io.k8s.api.core.v1.FCVolumeSource")]
public sealed partial record FCVolumeSource
{
    /// <summary>World wide names of the targets.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> TargetWWNs { get; init; }

    /// <summary>Logical unit number.</summary>
    [Field(2)]
    public partial int? Lun { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(3)]
    public partial string FsType { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(4)]
    public partial bool ReadOnly { get; init; }

    /// <summary>World wide identifiers of the volume.</summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> Wwids { get; init; }
}
