using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>State of an image volume.</summary>
[ApiType("io.k8s.api.core.v1.ImageVolumeStatus")]
public sealed partial record ImageVolumeStatus
{
    /// <summary>Reference with digest of the image that was mounted.</summary>
    [Field(1, Required = true)]
    public partial string ImageRef { get; init; }
}
