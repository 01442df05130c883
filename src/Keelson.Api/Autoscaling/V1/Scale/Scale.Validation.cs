using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Autoscaling.V1;

public sealed partial record Scale
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(Scale obj, FieldErrors errors) =>
        errors.NonNegative(FieldPath.Of("spec").Child("replicas"), obj.Spec.Replicas);
}
