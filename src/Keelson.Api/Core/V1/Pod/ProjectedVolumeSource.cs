using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Several sources merged into one directory.</summary>
[ApiType("io.k8s.api.core.v1.ProjectedVolumeSource")]
public sealed partial record ProjectedVolumeSource
{
    /// <summary>The sources, each of exactly one kind. Their paths must not collide.</summary>
    [Field(1, Always = true, List = ListType.Atomic)]
    public partial ApiList<VolumeProjection> Sources { get; init; }

    /// <summary>Permission bits of the files, 0 to 0777 in octal. Defaults to 0644.</summary>
    [Field(2)]
    public partial int? DefaultMode { get; init; }
}
