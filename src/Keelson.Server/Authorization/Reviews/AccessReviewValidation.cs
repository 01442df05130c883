using Keelson.Api.Authorization.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Authorization.Reviews;

/// <summary>The rules on access reviews.</summary>
internal static class AccessReviewValidation
{
    private static readonly FieldPath Spec = FieldPath.Of("spec");

    public static void Validate(SubjectAccessReview review, FieldErrors errors)
    {
        ValidateSpec(review.Spec, errors);
        ValidateNoMetadata(review.Metadata, "must be empty", errors);
    }

    public static void Validate(LocalSubjectAccessReview review, FieldErrors errors)
    {
        ValidateSpec(review.Spec, errors);
        ValidateNoMetadata(review.Metadata with { Namespace = "" }, "must be empty except for namespace", errors);
        if (review.Spec.ResourceAttributes is { } attributes && attributes.Namespace != review.Metadata.Namespace)
        {
            errors.Invalid(
                Spec.Child("resourceAttributes").Child("namespace"), attributes.Namespace,
                "must match metadata.namespace");
        }
        if (review.Spec.NonResourceAttributes is { } path)
        {
            errors.InvalidRaw(
                Spec.Child("nonResourceAttributes"), Render(path), "disallowed on this kind of request");
        }
    }

    public static void Validate(SelfSubjectAccessReview review, FieldErrors errors)
    {
        ValidateAttributes(review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes, errors);
        ValidateSelectors(review.Spec.ResourceAttributes, errors);
        ValidateNoMetadata(review.Metadata, "must be empty", errors);
    }

    private static void ValidateSpec(SubjectAccessReviewSpec spec, FieldErrors errors)
    {
        ValidateAttributes(spec.ResourceAttributes, spec.NonResourceAttributes, errors);
        if (spec.User.Length == 0 && spec.Groups.Count == 0)
        {
            errors.Invalid(Spec.Child("user"), spec.User, "at least one of user or group must be specified");
        }
        ValidateSelectors(spec.ResourceAttributes, errors);
    }

    private static void ValidateAttributes(ResourceAttributes? resource, NonResourceAttributes? path, FieldErrors errors)
    {
        if (resource is not null && path is not null)
        {
            errors.InvalidRaw(
                Spec.Child("nonResourceAttributes"), Render(path),
                "cannot be specified in combination with resourceAttributes");
        }
        if (resource is null && path is null)
        {
            errors.InvalidRaw(
                Spec.Child("resourceAttributes"), "null",
                "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
    }

    private static void ValidateSelectors(ResourceAttributes? attributes, FieldErrors errors)
    {
        var path = Spec.Child("resourceAttributes");
        if (attributes?.FieldSelector is { } fields)
        {
            var selectorPath = path.Child("fieldSelector");
            ValidateForms(fields.RawSelector, fields.Requirements.Count, selectorPath, errors);
            for (var i = 0; i < fields.Requirements.Count; i++)
            {
                var requirementPath = selectorPath.Child("requirements").Index(i);
                var requirement = fields.Requirements[i];
                if (requirement.Key.Length == 0)
                {
                    errors.Required(requirementPath.Child("key"), "must be specified");
                }
                ValidateValues(requirement.Operator, requirement.Values, requirementPath, errors);
            }
        }
        if (attributes?.LabelSelector is { } labels)
        {
            var selectorPath = path.Child("labelSelector");
            ValidateForms(labels.RawSelector, labels.Requirements.Count, selectorPath, errors);
            for (var i = 0; i < labels.Requirements.Count; i++)
            {
                ValidateLabelRequirement(labels.Requirements[i], selectorPath.Child("requirements").Index(i), errors);
            }
        }
    }

    private static void ValidateForms(string raw, int requirements, FieldPath path, FieldErrors errors)
    {
        if (raw.Length > 0 && requirements > 0)
        {
            errors.Invalid(path.Child("rawSelector"), raw, "may not specified at the same time as requirements");
        }
        if (raw.Length == 0 && requirements == 0)
        {
            errors.Required(
                path.Child("requirements"), $"when {path} is specified, requirements or rawSelector is required");
        }
    }

    private static void ValidateLabelRequirement(LabelSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        ValidateValues(requirement.Operator, requirement.Values, path, errors);
        foreach (var error in ContentRules.QualifiedName(requirement.Key))
        {
            errors.Invalid(path.Child("key"), requirement.Key, error);
        }
        for (var i = 0; i < requirement.Values.Count; i++)
        {
            foreach (var error in ContentRules.LabelValue(requirement.Values[i]))
            {
                errors.Invalid(path.Child("values").Index(i), requirement.Values[i], error);
            }
        }
    }

    // An operator that is not known passes: a newer client may know more, and evaluation says that it doesn't.
    private static void ValidateValues(string @operator, ApiList<string> values, FieldPath path, FieldErrors errors)
    {
        if (@operator is "In" or "NotIn" && values.Count == 0)
        {
            errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
        if (@operator is "Exists" or "DoesNotExist" && values.Count > 0)
        {
            errors.Forbidden(
                path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
    }

    private static void ValidateNoMetadata(ObjectMeta metadata, string text, FieldErrors errors)
    {
        if (metadata with { ManagedFields = default } != ObjectMeta.Empty)
        {
            errors.InvalidRaw(FieldPath.Of("metadata"), ErrorValue.Json(metadata), text);
        }
    }

    // Upstream prints its internal type, whose fields have no JSON names.
    private static string Render(NonResourceAttributes attributes) => ErrorValue.Object(
        ("Path", ErrorValue.Json(attributes.Path)), ("Verb", ErrorValue.Json(attributes.Verb)));
}
