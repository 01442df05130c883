using Keelson.Machinery.Validation;

namespace Keelson.Api.Authorization.V1;

public sealed partial record LocalSubjectAccessReview
{
    /// <inheritdoc/>
    public static void Validate(LocalSubjectAccessReview obj, FieldErrors errors)
    {
        SubjectAccessReview.ValidateSpec(obj.Spec, errors);
        AccessReviewRules.ValidateMetadata(obj.Metadata, errors, namespaced: true);
        if (obj.Spec.ResourceAttributes is { } resource && resource.Namespace != obj.Metadata.Namespace)
        {
            errors.Invalid(FieldPath.Of("spec.resourceAttributes.namespace"), resource.Namespace, "must match metadata.namespace");
        }

        if (obj.Spec.NonResourceAttributes is { } other)
        {
            errors.InvalidRaw(
                FieldPath.Of("spec.nonResourceAttributes"), AccessReviewRules.Render(other), "disallowed on this kind of request");
        }
    }
}
