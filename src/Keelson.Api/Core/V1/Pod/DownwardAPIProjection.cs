using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Information about the pod within a projected volume.</summary>
[ApiType("io.k8s.api.core.v1.DownwardAPIProjection")]
public sealed partial record DownwardAPIProjection
{
    /// <summary>The files.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<DownwardAPIVolumeFile> Items { get; init; }
}
