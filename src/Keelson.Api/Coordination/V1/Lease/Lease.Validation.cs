using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Coordination.V1;

public sealed partial record Lease
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(Lease obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        if (obj.Spec.LeaseDurationSeconds is <= 0 and { } duration)
        {
            errors.Invalid(path.Child("leaseDurationSeconds"), duration, "must be greater than 0");
        }

        errors.NonNegative(path.Child("leaseTransitions"), obj.Spec.LeaseTransitions);
    }
}
