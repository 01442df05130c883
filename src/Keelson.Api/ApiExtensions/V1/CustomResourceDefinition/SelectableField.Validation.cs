using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Fields of custom resources that selectors may use.</summary>
internal static class SelectableFieldRules
{
    private const int MaxCount = 8;

    public static void Validate(ApiList<SelectableField> fields, JSONSchemaProps root, FieldPath path, FieldErrors errors)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < fields.Count; i++)
        {
            FieldPath at = path.Index(i).Child("jsonPath");
            string field = fields[i].JsonPath;
            if (field.Length == 0)
            {
                errors.Required(at, "");
                continue;
            }

            (JSONSchemaProps? schema, string canonical, string? problem) = Find(field, root);
            if (problem is not null)
            {
                errors.Invalid(at, field, "is an invalid path: " + problem);
                continue;
            }

            if (canonical == "metadata" || canonical.StartsWith("metadata.", StringComparison.Ordinal))
            {
                errors.Invalid(at, field, "must not point to fields in metadata");
            }

            if (schema?.Type is not ("string" or "boolean" or "integer"))
            {
                errors.Invalid(
                    at,
                    field,
                    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
            }

            if (!seen.Add(canonical))
            {
                errors.Duplicate(at, field);
            }
        }

        if (seen.Count > MaxCount)
        {
            errors.TooMany(path, seen.Count, MaxCount);
        }
    }

    /// <summary>Follows a path of dots through the properties: <c>.spec.color</c>.</summary>
    private static (JSONSchemaProps? Schema, string Canonical, string? Problem) Find(string field, JSONSchemaProps root)
    {
        if (field[0] is not ('.' or '['))
        {
            int end = field.AsSpan().IndexOfAny('.', '[');
            return (null, "", $"expected [ or . but got: {(end < 0 ? field : field[..end])}");
        }

        JSONSchemaProps schema = root;
        List<string> names = [];
        foreach (string name in field[1..].Split('.'))
        {
            if (name.Length == 0)
            {
                return (null, "", "unexpected end of JSON path");
            }

            if (schema.Properties.TryGetValue(name, out JSONSchemaProps? property))
            {
                schema = property;
            }
            else if (schema.AdditionalProperties?.Schema is { } additional)
            {
                schema = additional;
            }
            else
            {
                return (null, "", "does not refer to a valid field");
            }

            names.Add(name);
        }

        return (schema, string.Join('.', names), null);
    }
}
