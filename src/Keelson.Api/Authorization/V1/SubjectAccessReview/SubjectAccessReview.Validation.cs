using Keelson.Machinery.Validation;

namespace Keelson.Api.Authorization.V1;

public sealed partial record SubjectAccessReview
{
    /// <inheritdoc/>
    public static void Validate(SubjectAccessReview obj, FieldErrors errors)
    {
        ValidateSpec(obj.Spec, errors);
        AccessReviewRules.ValidateMetadata(obj.Metadata, errors);
    }

    internal static void ValidateSpec(SubjectAccessReviewSpec spec, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        AccessReviewRules.Validate(spec.ResourceAttributes, spec.NonResourceAttributes, path, errors);
        if (spec.User.Length == 0 && spec.Groups.Count == 0)
        {
            errors.Invalid(path.Child("user"), spec.User, "at least one of user or group must be specified");
        }

        AccessReviewRules.ValidateSelectors(spec.ResourceAttributes, errors);
    }
}
