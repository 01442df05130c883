using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

/// <summary>Volume to attach; exactly one field is set.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeAttachmentSource")]
public sealed partial record VolumeAttachmentSource
{
    /// <summary>Name of the persistent volume to attach.</summary>
    [Field(1)]
    public partial string? PersistentVolumeName { get; init; }

    /// <summary>Volume described in place, used when migrating inline volumes to CSI.</summary>
    [Field(2)]
    public partial PersistentVolumeSpec? InlineVolumeSpec { get; init; }
}
