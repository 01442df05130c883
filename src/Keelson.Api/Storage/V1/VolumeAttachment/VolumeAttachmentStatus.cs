using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>Outcome of an attachment.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeAttachmentStatus")]
public sealed partial record VolumeAttachmentStatus
{
    /// <summary>Whether the volume is attached.</summary>
    [Field(1, Always = true, Required = true)]
    public partial bool Attached { get; init; }

    /// <summary>Values returned by the attach call that the mount will need.</summary>
    [Field(2)]
    public partial ApiMap<string> AttachmentMetadata { get; init; }

    /// <summary>Latest error while attaching, if any.</summary>
    [Field(3)]
    public partial VolumeError? AttachError { get; init; }

    /// <summary>Latest error while detaching, if any.</summary>
    [Field(4)]
    public partial VolumeError? DetachError { get; init; }
}
