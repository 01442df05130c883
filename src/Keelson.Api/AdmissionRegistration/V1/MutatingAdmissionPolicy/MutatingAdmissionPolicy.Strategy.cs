using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static MutatingAdmissionPolicy PrepareForCreate(MutatingAdmissionPolicy obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static MutatingAdmissionPolicy PrepareForUpdate(
        MutatingAdmissionPolicy obj, MutatingAdmissionPolicy old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec) };
}
