using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public static partial class PodTemplateRules
{
    /// <summary>
    /// Validates a template. What <paramref name="old"/>, the template before an update, violates already is let through
    /// where upstream's rules became stricter.
    /// </summary>
    public static void Validate(PodTemplateSpec template, FieldPath path, FieldErrors errors, PodTemplateSpec? old = null)
    {
        ObjectMetaRules.ValidateLabels(template.Metadata.Labels, path.Child("labels"), errors);
        ObjectMetaRules.ValidateAnnotations(template.Metadata.Annotations, path.Child("annotations"), errors);
    }

    /// <summary>Warnings about deprecated or doubtful settings.</summary>
    public static IEnumerable<string> Warnings(PodTemplateSpec template, FieldPath path) => [];
}
