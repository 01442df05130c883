using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Storage.V1;

public sealed partial record VolumeAttachment
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<VolumeAttachment>> Subresources { get; } =
    [
        new(
            "status",
            static (obj, old, _) => obj with
            {
                Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
                Spec = old.Spec,
            },
            ValidateUpdate,
            ["metadata", "spec"]),
    ];

    /// <inheritdoc/>
    public static VolumeAttachment PrepareForCreate(VolumeAttachment obj, WriteContext context) =>
        obj with { Status = VolumeAttachmentStatus.Empty };

    /// <inheritdoc/>
    public static VolumeAttachment PrepareForUpdate(VolumeAttachment obj, VolumeAttachment old, WriteContext context) =>
        obj with { Status = old.Status };
}
