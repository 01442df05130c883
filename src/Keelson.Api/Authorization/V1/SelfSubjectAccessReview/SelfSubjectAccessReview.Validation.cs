using Keelson.Machinery.Validation;

namespace Keelson.Api.Authorization.V1;

public sealed partial record SelfSubjectAccessReview
{
    /// <inheritdoc/>
    public static void Validate(SelfSubjectAccessReview obj, FieldErrors errors)
    {
        AccessReviewRules.Validate(obj.Spec.ResourceAttributes, obj.Spec.NonResourceAttributes, FieldPath.Of("spec"), errors);
        AccessReviewRules.ValidateSelectors(obj.Spec.ResourceAttributes, errors);
        AccessReviewRules.ValidateMetadata(obj.Metadata, errors);
    }
}
