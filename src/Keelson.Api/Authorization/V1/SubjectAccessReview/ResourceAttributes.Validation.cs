using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authorization.V1;

/// <summary>The rules that the access reviews share.</summary>
internal static class AccessReviewRules
{
    public static void Validate(ResourceAttributes? resource, NonResourceAttributes? other, FieldPath path, FieldErrors errors)
    {
        if (resource is not null && other is not null)
        {
            errors.InvalidRaw(
                path.Child("nonResourceAttributes"),
                Render(other),
                "cannot be specified in combination with resourceAttributes");
        }

        if (resource is null && other is null)
        {
            errors.InvalidRaw(
                path.Child("resourceAttributes"),
                "null",
                "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
    }

    public static void ValidateSelectors(ResourceAttributes? resource, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("resourceAttributes");
        if (resource?.FieldSelector is { } fields)
        {
            ValidateForm(fields.RawSelector, fields.Requirements.Count, path.Child("fieldSelector"), errors);
            for (int i = 0; i < fields.Requirements.Count; i++)
            {
                FieldSelectorRequirement one = fields.Requirements[i];
                FieldPath requirement = path.Child("fieldSelector").Child("requirements").Index(i);
                if (one.Key.Length == 0)
                {
                    errors.Required(requirement.Child("key"), "must be specified");
                }

                ValidateValues(one.Operator, one.Values, requirement, errors);
            }
        }

        if (resource?.LabelSelector is { } labels)
        {
            ValidateForm(labels.RawSelector, labels.Requirements.Count, path.Child("labelSelector"), errors);
            for (int i = 0; i < labels.Requirements.Count; i++)
            {
                LabelSelectorRequirement one = labels.Requirements[i];
                FieldPath requirement = path.Child("labelSelector").Child("requirements").Index(i);
                ValidateValues(one.Operator, one.Values, requirement, errors);
                errors.Invalid(ContentRules.QualifiedName(one.Key), requirement.Child("key"), one.Key);
                for (int j = 0; j < one.Values.Count; j++)
                {
                    errors.Invalid(ContentRules.LabelValue(one.Values[j]), requirement.Child("values").Index(j), one.Values[j]);
                }
            }
        }
    }

    public static void ValidateMetadata(ObjectMeta meta, FieldErrors errors, bool namespaced = false)
    {
        ObjectMeta bare = meta with { ManagedFields = default, Namespace = namespaced ? "" : meta.Namespace };
        if (bare != ObjectMeta.Empty)
        {
            errors.InvalidRaw(
                FieldPath.Of("metadata"),
                ErrorValue.Json(meta),
                namespaced ? "must be empty except for namespace" : "must be empty");
        }
    }

    public static string Render(NonResourceAttributes attributes) =>
        ErrorValue.Object(("Path", ErrorValue.Json(attributes.Path)), ("Verb", ErrorValue.Json(attributes.Verb)));

    private static void ValidateForm(string raw, int requirements, FieldPath path, FieldErrors errors)
    {
        if (raw.Length > 0 && requirements > 0)
        {
            errors.Invalid(path.Child("rawSelector"), raw, "may not specified at the same time as requirements");
        }

        if (raw.Length == 0 && requirements == 0)
        {
            errors.Required(path.Child("requirements"), $"when {path} is specified, requirements or rawSelector is required");
        }
    }

    /// <summary>Unknown operators pass: newer clients may know more of them.</summary>
    private static void ValidateValues(string selectorOperator, ApiList<string> values, FieldPath path, FieldErrors errors)
    {
        if (selectorOperator is LabelSelectorOperator.In or LabelSelectorOperator.NotIn && values.Count == 0)
        {
            errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
        else if (selectorOperator is LabelSelectorOperator.Exists or LabelSelectorOperator.DoesNotExist && values.Count > 0)
        {
            errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
    }
}
