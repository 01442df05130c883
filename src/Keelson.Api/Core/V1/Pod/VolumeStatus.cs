using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Details of a mounted volume. At most one field is set.</summary>
[ApiType("io.k8s.api.core.v1.VolumeStatus")]
public sealed partial record VolumeStatus
{
    /// <summary>Details of an image volume.</summary>
    [Field(1)]
    public partial ImageVolumeStatus? Image { get; init; }
}
