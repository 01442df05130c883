using System.Text.RegularExpressions;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>
/// A structural schema says of every field what it is outside of all logic (allOf, anyOf, oneOf, not), so that objects can be
/// pruned and defaulted without solving anything.
/// </summary>
internal static class StructuralSchemaRules
{
    /// <summary>
    /// Adds the errors sorted by their text, as upstream does. A schema that uses what no structural schema may have is not
    /// looked at, the rules of the single fields name that.
    /// </summary>
    public static void Validate(JSONSchemaProps schema, FieldPath path, FieldErrors errors)
    {
        if (SchemaWalk.All(schema).Any(IsUnsupported))
        {
            return;
        }

        FieldErrors found = new();
        ValidateInvariants(schema, Level.Root, path, found);
        ValidateCompleteness(schema, schema, path, path, found);
        foreach (FieldError error in found.All.OrderBy(static one => one.ToString(), StringComparer.Ordinal))
        {
            errors.Add(error);
        }
    }

    private static bool IsUnsupported(JSONSchemaProps schema) =>
        schema.Id.Length > 0 || schema.Schema.Length > 0 || schema.Ref is { Length: > 0 } || schema.AdditionalItems is not null
        || schema.PatternProperties.Count > 0 || schema.Definitions.Count > 0 || schema.Dependencies.Count > 0
        || schema.Items?.JsonSchemas.Count > 0;

    private static void ValidateInvariants(JSONSchemaProps schema, Level level, FieldPath path, FieldErrors errors)
    {
        if (schema.Type == "array" && schema.Items?.Schema is null)
        {
            errors.Required(path.Child("items"), "must be specified");
        }

        if (schema.Items?.Schema is { } item)
        {
            ValidateInvariants(item, Level.Item, path.Child("items"), errors);
        }

        foreach (KeyValuePair<string, JSONSchemaProps> property in schema.Properties)
        {
            ValidateInvariants(property.Value, Level.Field, path.Child("properties").Key(property.Key), errors);
        }

        if (schema.AdditionalProperties is { } additional)
        {
            if (level == Level.Root)
            {
                errors.Forbidden(path.Child("additionalProperties"), "must not be used at the root");
            }

            if (additional.Schema is not null)
            {
                ValidateInvariants(additional.Schema, Level.Field, path.Child("additionalProperties"), errors);
            }
        }

        ValidateIntOrString(schema, path, errors);
        ValidateLogic(schema, level, path, errors);
        ValidateType(schema, level, path, errors);
        ValidateMeta(schema, level, path, errors);
    }

    private static void ValidateIntOrString(JSONSchemaProps schema, FieldPath path, FieldErrors errors)
    {
        if (schema.XKubernetesIntOrString && schema.XKubernetesPreserveUnknownFields is true)
        {
            errors.Invalid(
                path.Child("x-kubernetes-preserve-unknown-fields"), true, "must be false if x-kubernetes-int-or-string is true");
        }

        if (schema.XKubernetesIntOrString && schema.XKubernetesEmbeddedResource)
        {
            errors.Invalid(
                path.Child("x-kubernetes-embedded-resource"), true, "must be false if x-kubernetes-int-or-string is true");
        }
    }

    private static void ValidateType(JSONSchemaProps schema, Level level, FieldPath path, FieldErrors errors)
    {
        FieldPath type = path.Child("type");
        if (schema.XKubernetesEmbeddedResource && schema.Type != "object")
        {
            const string text = "must be object if x-kubernetes-embedded-resource is true";
            if (schema.Type.Length == 0)
            {
                errors.Required(type, text);
            }
            else
            {
                errors.Invalid(type, schema.Type, text);
            }
        }
        else if (schema.Type.Length == 0 && !schema.XKubernetesIntOrString && schema.XKubernetesPreserveUnknownFields is not true)
        {
            errors.Required(type, level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            });
        }

        if (schema.XKubernetesEmbeddedResource && schema.AdditionalProperties is not null)
        {
            errors.Forbidden(path.Child("additionalProperties"), "must not be used if x-kubernetes-embedded-resource is set");
        }

        if (level == Level.Root && schema.Type.Length > 0 && schema.Type != "object")
        {
            errors.Invalid(type, schema.Type, "must be object at the root");
        }

        bool opaque = schema.XKubernetesPreserveUnknownFields is not true && schema.Properties.Count == 0;
        if (schema.XKubernetesEmbeddedResource && opaque)
        {
            errors.Required(
                path.Child("properties"),
                "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
        }
    }

    private static void ValidateMeta(JSONSchemaProps schema, Level level, FieldPath path, FieldErrors errors)
    {
        bool isObject = level == Level.Root || schema.XKubernetesEmbeddedResource;
        FieldPath properties = path.Child("properties");
        foreach (string name in (ReadOnlySpan<string>)["kind", "apiVersion"])
        {
            if (isObject && schema.Properties.TryGetValue(name, out JSONSchemaProps? text) && text.Type != "string")
            {
                errors.Invalid(properties.Key(name).Child("type"), text.Type, "must be string");
            }
        }

        if (!schema.Properties.TryGetValue("metadata", out JSONSchemaProps? metadata))
        {
            return;
        }

        if (isObject && metadata.Type != "object")
        {
            errors.Invalid(properties.Key("metadata").Child("type"), metadata.Type, "must be object");
        }

        if (level == Level.Root && SaysMoreThanNames(metadata))
        {
            errors.Forbidden(
                properties.Key("metadata"),
                "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    private static bool SaysMoreThanNames(JSONSchemaProps metadata)
    {
        bool onlyNames = metadata.Properties.Count > 0
            && metadata.Properties.Keys.All(static one => one is "name" or "generateName");
        JSONSchemaProps rest = metadata with
        {
            Type = "",
            Default = default,
            Properties = onlyNames ? default : metadata.Properties,
        };
        return rest != JSONSchemaProps.Empty;
    }

    private static void ValidateLogic(JSONSchemaProps schema, Level level, FieldPath path, FieldErrors errors)
    {
        // The patterns by which int-or-string is written out for tools that don't know the extension may name types:
        // anyOf [integer, string], alone or as the first of allOf.
        bool anyOfPattern = schema.XKubernetesIntOrString && IsIntOrStringPattern(schema.AnyOf);
        bool allOfPattern = schema.XKubernetesIntOrString && schema.AllOf.Count > 0 && IsIntOrStringPattern(schema.AllOf[0].AnyOf);
        ValidateValues(schema, (anyOfPattern, allOfPattern), level, path, errors);
    }

    private static void ValidateValues(
        JSONSchemaProps schema, (bool SkipAnyOf, bool SkipFirstAllOf) skip, Level level, FieldPath path, FieldErrors errors)
    {
        if (!skip.SkipAnyOf)
        {
            ValidateNested(schema.AnyOf, false, level, path.Child("anyOf"), errors);
        }

        ValidateNested(schema.AllOf, skip.SkipFirstAllOf, level, path.Child("allOf"), errors);
        ValidateNested(schema.OneOf, false, level, path.Child("oneOf"), errors);
        if (schema.Not is not null)
        {
            ValidateNested(schema.Not, false, level, path.Child("not"), errors);
        }

        if (schema.Pattern.Length > 0 && PatternError(schema.Pattern) is { } problem)
        {
            errors.Invalid(
                path.Child("pattern"), schema.Pattern, "must be a valid regular expression, but isn't: " + problem);
        }
    }

    private static void ValidateNested(
        ApiList<JSONSchemaProps> schemas, bool skipFirstAnyOf, Level level, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < schemas.Count; i++)
        {
            ValidateNested(schemas[i], skipFirstAnyOf && i == 0, level, path.Index(i), errors);
        }
    }

    private static void ValidateNested(JSONSchemaProps schema, bool skipAnyOf, Level level, FieldPath path, FieldErrors errors)
    {
        ValidateValues(schema, (skipAnyOf, false), level, path, errors);
        if (schema.Items?.Schema is { } item)
        {
            ValidateNested(item, false, Level.Item, path.Child("items"), errors);
        }

        foreach (KeyValuePair<string, JSONSchemaProps> property in schema.Properties)
        {
            ValidateNested(property.Value, false, Level.Field, path.Child("properties").Key(property.Key), errors);
        }

        if (schema.AdditionalProperties?.Schema is { } additional)
        {
            ValidateNested(additional, false, Level.Field, path.Child("additionalProperties"), errors);
        }

        Forbid(schema.Type.Length > 0, "type", "empty");
        Forbid(!schema.Default.IsAbsent, "default", "undefined");
        Forbid(schema.Title.Length > 0, "title", "empty");
        Forbid(schema.Description.Length > 0, "description", "empty");
        Forbid(schema.Nullable, "nullable", "false");
        Forbid(schema.XKubernetesPreserveUnknownFields is true, "x-kubernetes-preserve-unknown-fields", "false");
        Forbid(schema.XKubernetesEmbeddedResource, "x-kubernetes-embedded-resource", "false");
        Forbid(schema.XKubernetesIntOrString, "x-kubernetes-int-or-string", "false");
        Forbid(schema.XKubernetesListMapKeys.Count > 0, "x-kubernetes-list-map-keys", "empty");
        Forbid(schema.XKubernetesListType is not null, "x-kubernetes-list-type", "undefined");
        Forbid(schema.XKubernetesMapType is not null, "x-kubernetes-map-type", "undefined");
        if (level == Level.Root && schema.Properties.ContainsKey("metadata"))
        {
            errors.Forbidden(path.Child("properties").Key("metadata"), "must not be specified in a nested context");
        }

        void Forbid(bool present, string field, string wanted)
        {
            if (present)
            {
                errors.Forbidden(path.Child(field), $"must be {wanted} to be structural");
            }
        }
    }

    /// <summary>Whatever logic names must be described outside of it.</summary>
    private static void ValidateCompleteness(
        JSONSchemaProps values, JSONSchemaProps? structure, FieldPath structurePath, FieldPath path, FieldErrors errors)
    {
        CompleteAll(values.AllOf, "allOf");
        CompleteAll(values.AnyOf, "anyOf");
        CompleteAll(values.OneOf, "oneOf");
        if (values.Not is not null)
        {
            CompleteNested(values.Not, structure, structurePath, path.Child("not"), errors);
        }

        void CompleteAll(ApiList<JSONSchemaProps> schemas, string field)
        {
            for (int i = 0; i < schemas.Count; i++)
            {
                CompleteNested(schemas[i], structure, structurePath, path.Child(field).Index(i), errors);
            }
        }
    }

    private static void CompleteNested(
        JSONSchemaProps values, JSONSchemaProps? structure, FieldPath structurePath, FieldPath path, FieldErrors errors)
    {
        if (structure is null)
        {
            errors.Required(structurePath, $"because it is defined in {path}");
            return;
        }

        ValidateCompleteness(values, structure, structurePath, path, errors);
        if (values.Items?.Schema is { } item)
        {
            CompleteNested(item, structure.Items?.Schema, structurePath.Child("items"), path.Child("items"), errors);
        }

        foreach (KeyValuePair<string, JSONSchemaProps> property in values.Properties)
        {
            CompleteNested(
                property.Value,
                structure.Properties.GetValueOrDefault(property.Key),
                structurePath.Child("properties").Key(property.Key),
                path.Child("properties").Key(property.Key),
                errors);
        }
    }

    private static bool IsIntOrStringPattern(ApiList<JSONSchemaProps> anyOf) =>
        anyOf.Count == 2
        && anyOf[0] == JSONSchemaProps.Empty with { Type = "integer" }
        && anyOf[1] == JSONSchemaProps.Empty with { Type = "string" };

    private static string? PatternError(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return null;
        }
        catch (RegexParseException exception)
        {
            return "error parsing regexp: " + exception.Error switch
            {
                RegexParseError.InsufficientClosingParentheses => $"missing closing ): `{pattern}`",
                RegexParseError.InsufficientOpeningParentheses => $"unexpected ): `{pattern}`",
                RegexParseError.UnterminatedBracket => $"missing closing ]: `{pattern[pattern.LastIndexOf('[')..]}`",
                RegexParseError.QuantifierAfterNothing => $"missing argument to repetition operator: `{pattern[0]}`",
                RegexParseError.NestedQuantifiersNotParenthesized =>
                    $"invalid nested repetition operator: `{pattern[Math.Max(0, exception.Offset - 2)..exception.Offset]}`",
                RegexParseError.UnescapedEndingBackslash => "trailing backslash at end of expression: ``",
                _ => $"invalid escape sequence: `{pattern}`",
            };
        }
    }

    private enum Level
    {
        Root,
        Item,
        Field,
    }
}
