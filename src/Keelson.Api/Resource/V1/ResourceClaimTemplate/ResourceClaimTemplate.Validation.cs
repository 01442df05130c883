using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaimTemplate
{
    /// <inheritdoc/>
    public static void Validate(ResourceClaimTemplate obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        ObjectMetaRules.ValidateAnnotations(obj.Spec.Metadata.Annotations, path.Child("metadata").Child("annotations"), errors);
        ObjectMetaRules.ValidateLabels(obj.Spec.Metadata.Labels, path.Child("metadata").Child("labels"), errors);
        ResourceClaimRules.Validate(obj.Spec.Spec, path.Child("spec"), errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(ResourceClaimTemplate obj, ResourceClaimTemplate old, FieldErrors errors)
    {
        if (obj.Spec == old.Spec)
        {
            return;
        }

        // Upstream embeds the metadata, so its fields stand beside the claim's spec.
        string meta = ErrorValue.Json(obj.Spec.Metadata)[1..^1];
        string spec = ResourceClaimText.Render(obj.Spec.Spec);
        errors.InvalidRaw(
            FieldPath.Of("spec"),
            meta.Length == 0 ? $"{{\"Spec\":{spec}}}" : $"{{{meta},\"Spec\":{spec}}}",
            "field is immutable");
    }
}
