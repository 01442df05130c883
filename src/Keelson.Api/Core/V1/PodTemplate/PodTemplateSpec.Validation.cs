using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public static partial class PodTemplateRules
{
    /// <summary>
    /// Validates a template. What <paramref name="old"/>, the template before an update, violates already is let through
    /// where upstream's rules became stricter.
    /// </summary>
    public static void Validate(
        PodTemplateSpec template, FieldPath path, FieldErrors errors, PodTemplateSpec? old = null)
    {
        if (old is null)
        {
            Validate(template, path, PodValidationOptions.Template, errors);
            return;
        }

        FieldErrors strict = new();
        Validate(template, path, PodValidationOptions.Template, strict);
        if (strict.Count > 0)
        {
            Validate(
                template, path, PodValidationOptions.For(old.Spec, old.Metadata.Annotations, isPod: false), errors);
        }
    }

    private static void Validate(
        PodTemplateSpec template, FieldPath path, PodValidationOptions options, FieldErrors errors)
    {
        FieldPath annotations = path.Child("annotations");
        ObjectMetaRules.ValidateLabels(template.Metadata.Labels, path.Child("labels"), errors);
        ObjectMetaRules.ValidateAnnotations(template.Metadata.Annotations, annotations, errors);
        PodAnnotations.Validate(template.Metadata.Annotations, template.Spec, annotations, options, errors);
        FieldPath spec = path.Child("spec");
        template.Spec.Validate(null, spec, options, errors);
        PodAnnotations.ValidateSeccompMatches(template.Metadata.Annotations, template.Spec, spec, errors);
        if (template.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(spec.Child("ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }
}
