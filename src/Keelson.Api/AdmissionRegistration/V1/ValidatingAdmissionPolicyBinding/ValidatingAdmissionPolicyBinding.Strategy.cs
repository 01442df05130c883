using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static ValidatingAdmissionPolicyBinding PrepareForCreate(ValidatingAdmissionPolicyBinding obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static ValidatingAdmissionPolicyBinding PrepareForUpdate(
        ValidatingAdmissionPolicyBinding obj, ValidatingAdmissionPolicyBinding old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec) };
}
