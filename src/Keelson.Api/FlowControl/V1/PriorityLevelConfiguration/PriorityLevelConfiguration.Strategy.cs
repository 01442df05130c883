using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfiguration
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<PriorityLevelConfiguration>> Subresources { get; } =
    [
        new(
            "status",
            static (obj, old, _) => obj with
            {
                Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
                Spec = old.Spec,
            },
            static (obj, _, errors) => Validate(obj, errors),
            ["spec", "metadata"]),
    ];

    /// <inheritdoc/>
    public static PriorityLevelConfiguration PrepareForCreate(PriorityLevelConfiguration obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata), Status = PriorityLevelConfigurationStatus.Empty };

    /// <inheritdoc/>
    public static PriorityLevelConfiguration PrepareForUpdate(
        PriorityLevelConfiguration obj, PriorityLevelConfiguration old, WriteContext context) => obj with
        {
            Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec),
            Status = old.Status,
        };
}
