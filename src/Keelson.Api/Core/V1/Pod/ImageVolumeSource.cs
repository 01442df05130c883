using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>An OCI image or artifact as a read-only volume.</summary>
[ApiType("io.k8s.api.core.v1.ImageVolumeSource")]
public sealed partial record ImageVolumeSource
{
    /// <summary>Image or artifact to mount. May be empty in templates whose controller fills it in.</summary>
    [Field(1)]
    public partial string Reference { get; init; }

    /// <summary>
    /// When it is pulled: Always, Never or IfNotPresent. Defaults to Always for the tag latest or no tag, otherwise
    /// to IfNotPresent.
    /// </summary>
    [Field(2, Enum = typeof(PullPolicy))]
    public partial string PullPolicy { get; init; }
}
