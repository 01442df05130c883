using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record FlowSchema
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<FlowSchema>> Subresources { get; } =
    [
        new(
            "status",
            static (obj, old, _) => obj with
            {
                Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
                Spec = old.Spec,
            },
            ValidateUpdate,
            ["spec", "metadata"]),
    ];

    /// <inheritdoc/>
    public static FlowSchema PrepareForCreate(FlowSchema obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata), Status = FlowSchemaStatus.Empty };

    /// <inheritdoc/>
    public static FlowSchema PrepareForUpdate(FlowSchema obj, FlowSchema old, WriteContext context) => obj with
    {
        Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec),
        Status = old.Status,
    };

    /// <inheritdoc/>
    public static void ValidateUpdate(FlowSchema obj, FlowSchema old, Machinery.Validation.FieldErrors errors) =>
        Validate(obj, errors);
}
