using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

/// <summary>Limits on volumes of a driver on one node.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeNodeResources")]
public sealed partial record VolumeNodeResources
{
    /// <summary>
    /// Most different volumes of the driver that can be used at the same time. If not set, there is no limit.
    /// </summary>
    [Field(1)]
    public partial int? Count { get; init; }
}
