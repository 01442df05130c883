using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static MutatingAdmissionPolicyBinding PrepareForCreate(MutatingAdmissionPolicyBinding obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static MutatingAdmissionPolicyBinding PrepareForUpdate(
        MutatingAdmissionPolicyBinding obj, MutatingAdmissionPolicyBinding old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec) };
}
