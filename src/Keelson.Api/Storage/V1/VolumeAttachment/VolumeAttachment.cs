using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Storage.V1;

/// <summary>Request to attach a volume to a node, or detach it, and the outcome.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeAttachment")]
[Kind(
    "storage.k8s.io",
    "v1",
    "volumeattachments",
    Singular = "volumeattachment",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "volumeattachments")]
public sealed partial record VolumeAttachment : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Volume, node and driver. Immutable.</summary>
    [Field(2, Always = true, Required = true)]
    public partial VolumeAttachmentSpec Spec { get; init; }

    /// <summary>Outcome, written by whoever attaches.</summary>
    [Field(3)]
    public partial VolumeAttachmentStatus Status { get; init; }
}
