using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<ValidatingAdmissionPolicy>> Subresources { get; } =
    [
        new(
            "status",
            static (obj, old, _) => obj with
            {
                Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
                Spec = old.Spec,
            },
            ValidateStatusUpdate,
            ["spec"]),
    ];

    /// <inheritdoc/>
    public static ValidatingAdmissionPolicy PrepareForCreate(ValidatingAdmissionPolicy obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata), Status = ValidatingAdmissionPolicyStatus.Empty };

    /// <inheritdoc/>
    public static ValidatingAdmissionPolicy PrepareForUpdate(
        ValidatingAdmissionPolicy obj, ValidatingAdmissionPolicy old, WriteContext context) => obj with
        {
            Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec),
            Status = old.Status,
        };
}
