using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Directory with information about the pod, one file per entry. Updated when labels or annotations change.
/// </summary>
[ApiType("io.k8s.api.core.v1.DownwardAPIVolumeSource")]
public sealed partial record DownwardAPIVolumeSource
{
    /// <summary>The files.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<DownwardAPIVolumeFile> Items { get; init; }

    /// <summary>Permission bits of the files, 0 to 0777 in octal. Defaults to 0644.</summary>
    [Field(2)]
    public partial int? DefaultMode { get; init; }
}
