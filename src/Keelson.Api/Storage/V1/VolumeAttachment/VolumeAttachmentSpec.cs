using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

/// <summary>What is to be attached, where and by whom.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeAttachmentSpec")]
public sealed partial record VolumeAttachmentSpec
{
    /// <summary>Name of the driver that must carry out the request.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Attacher { get; init; }

    /// <summary>Volume to attach.</summary>
    [Field(2, Always = true, Required = true)]
    public partial VolumeAttachmentSource Source { get; init; }

    /// <summary>Node to attach the volume to.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string NodeName { get; init; }
}
