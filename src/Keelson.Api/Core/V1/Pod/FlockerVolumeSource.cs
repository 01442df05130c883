using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a Flocker volume. One of the two fields is needed.</summary>
[ApiType("io.k8s.api.core.v1.FlockerVolumeSource")]
public sealed partial record FlockerVolumeSource
{
    /// <summary>Name of the dataset.</summary>
    [Field(1)]
    public partial string DatasetName { get; init; }

    /// <summary>Identity of the dataset.</summary>
    [Field(2)]
    public partial string DatasetUUID { get; init; }
}
