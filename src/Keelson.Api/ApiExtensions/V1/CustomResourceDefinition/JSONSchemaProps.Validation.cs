using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>
/// The rules on schemas. Structure first (<see cref="StructuralSchemaRules"/>), then what may be said at all. What defaults
/// hold and what expressions say is not looked into here.
/// </summary>
internal static class CustomResourceSchemaRules
{
    public static void Validate(CustomResourceValidation? validation, bool hasStatus, FieldPath path, FieldErrors errors)
    {
        if (validation?.OpenAPIV3Schema is not { } schema)
        {
            return;
        }

        FieldPath root = path.Child("openAPIV3Schema");
        if (hasStatus)
        {
            ValidateRoot(schema, path, errors);
        }

        if (schema.Nullable)
        {
            errors.Forbidden(path.Child("openAPIV3Schema.nullable"), "nullable cannot be true at the root");
        }

        StructuralSchemaRules.Validate(schema, root, errors);
        Validate(schema, root, errors, new SchemaPlace { IsRoot = true });
    }

    /// <summary>With a status subresource the status is validated alone, so the root may not say anything across fields.</summary>
    private static void ValidateRoot(JSONSchemaProps schema, FieldPath path, FieldErrors errors)
    {
        if (schema.Type.Length > 0 && schema.Type != "object")
        {
            errors.Invalid(
                path.Child("openAPIV3Schema.type"),
                schema.Type,
                "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
            return;
        }

        bool more = schema.Id.Length > 0 || schema.Schema.Length > 0 || schema.Ref is not null || schema.Nullable
            || !schema.Default.IsAbsent || !schema.Enum.IsAbsent || schema.MaxProperties is not null
            || schema.MinProperties is not null || !schema.AllOf.IsAbsent || !schema.OneOf.IsAbsent || !schema.AnyOf.IsAbsent
            || schema.Not is not null || schema.AdditionalProperties is not null || !schema.PatternProperties.IsAbsent
            || !schema.Dependencies.IsAbsent || schema.AdditionalItems is not null || !schema.Definitions.IsAbsent
            || schema.XKubernetesEmbeddedResource || schema.XKubernetesIntOrString || !schema.XKubernetesListMapKeys.IsAbsent
            || schema.XKubernetesListType is not null || schema.XKubernetesMapType is not null;
        if (more)
        {
            errors.InvalidRaw(
                path.Child("openAPIV3Schema"),
                CustomResourceText.Render(schema),
                "only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status subresource is enabled");
        }
    }

    private static void Validate(JSONSchemaProps? schema, FieldPath path, FieldErrors errors, SchemaPlace place)
    {
        if (schema is null)
        {
            return;
        }

        ValidateKeywords(schema, path, errors, place);
        if (schema.UniqueItems)
        {
            errors.Forbidden(
                path.Child("uniqueItems"), "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }

        ValidateChildren(schema, path, errors, place with { IsRoot = false });
        if (schema.XKubernetesPreserveUnknownFields is false)
        {
            errors.Invalid(path.Child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
        }

        ListSchemaRules.Validate(schema, path, errors);
        ValidateExpressions(schema.XKubernetesValidations, path.Child("x-kubernetes-validations"), errors);
    }

    private static void ValidateChildren(JSONSchemaProps schema, FieldPath path, FieldErrors errors, SchemaPlace place)
    {
        if (schema.AdditionalProperties is { } additional)
        {
            if (schema.Properties.Count > 0 && (!additional.Allows || additional.Schema is not null))
            {
                errors.Forbidden(
                    path.Child("additionalProperties"), "additionalProperties and properties are mutual exclusive");
            }

            SchemaPlace inside = place.InMeta
                ? place with { NoDefaultsReason = "inside additionalProperties applying to object metadata" }
                : place;
            Validate(additional.Schema, path.Child("additionalProperties"), errors, inside);
        }

        bool isRoot = place.WasRoot;
        foreach (KeyValuePair<string, JSONSchemaProps> property in schema.Properties)
        {
            SchemaPlace inside = place with { WasRoot = false };
            if ((isRoot || schema.XKubernetesEmbeddedResource) && property.Key is "metadata" or "kind" or "apiVersion")
            {
                inside = inside with { InMeta = true, NoDefaultsReason = isRoot ? "in top-level " + property.Key : inside.NoDefaultsReason };
            }

            Validate(property.Value, path.Child("properties").Key(property.Key), errors, inside);
        }

        SchemaPlace nested = place with { WasRoot = false };
        Validate(schema.Not, path.Child("not"), errors, nested);
        ValidateAll(schema.AllOf, path.Child("allOf"), errors, nested);
        ValidateAll(schema.OneOf, path.Child("oneOf"), errors, nested);
        ValidateAll(schema.AnyOf, path.Child("anyOf"), errors, nested);
        foreach (KeyValuePair<string, JSONSchemaProps> definition in schema.Definitions)
        {
            Validate(definition.Value, path.Child("definitions").Key(definition.Key), errors, nested);
        }

        if (schema.Items is { } items)
        {
            Validate(items.Schema, path.Child("items"), errors, nested);
            ValidateAll(items.JsonSchemas, path.Child("items"), errors, nested);
        }

        foreach (KeyValuePair<string, JSONSchemaPropsOrStringArray> dependency in schema.Dependencies)
        {
            Validate(dependency.Value.Schema, path.Child("dependencies").Key(dependency.Key), errors, nested);
        }
    }

    private static void ValidateAll(ApiList<JSONSchemaProps> schemas, FieldPath path, FieldErrors errors, SchemaPlace place)
    {
        for (int i = 0; i < schemas.Count; i++)
        {
            Validate(schemas[i], path.Index(i), errors, place);
        }
    }

    private static void ValidateKeywords(JSONSchemaProps schema, FieldPath path, FieldErrors errors, SchemaPlace place)
    {
        if (schema.Type is not ("" or "array" or "boolean" or "integer" or "number" or "object" or "string"))
        {
            errors.NotSupported(
                path.Child("type"), schema.Type, "array", "boolean", "integer", "number", "object", "string");
        }

        if (!schema.Default.IsAbsent && place.NoDefaultsReason is { } reason)
        {
            errors.Forbidden(path.Child("default"), "must not be set " + reason);
        }

        Forbid(schema.Id.Length > 0, "id");
        Forbid(schema.AdditionalItems is not null, "additionalItems");
        Forbid(schema.PatternProperties.Count > 0, "patternProperties");
        Forbid(schema.Definitions.Count > 0, "definitions");
        Forbid(!schema.Dependencies.IsAbsent, "dependencies");
        Forbid(schema.Ref is not null, "$ref");
        if (schema.Type == "null")
        {
            errors.Forbidden(path.Child("type"), "type cannot be set to null, use nullable as an alternative");
        }

        if (schema.Items?.JsonSchemas.Count > 0)
        {
            errors.Forbidden(path.Child("items"), "items must be a schema object and not an array");
        }

        if (place.InMeta && schema.XKubernetesEmbeddedResource)
        {
            errors.Forbidden(path.Child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta");
        }

        void Forbid(bool present, string field)
        {
            if (present)
            {
                errors.Forbidden(path.Child(field), field + " is not supported");
            }
        }
    }

    private static void ValidateExpressions(ApiList<ValidationRule> rules, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            ValidateExpression(rules[i], path.Index(i), errors);
        }
    }

    private static void ValidateExpression(ValidationRule rule, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(rule.Rule))
        {
            errors.Required(path.Child("rule"), "rule is not specified");
        }
        else if (rule.Message.Length > 0 && string.IsNullOrWhiteSpace(rule.Message))
        {
            errors.Invalid(path.Child("message"), rule.Message, "message must be non-empty if specified");
        }
        else if (HasLineBreaks(rule.Message.Trim()))
        {
            errors.Invalid(path.Child("message"), rule.Message, "message must not contain line breaks");
        }
        else if (HasLineBreaks(rule.Rule.Trim()) && rule.Message.Length == 0)
        {
            errors.Required(path.Child("message"), "message must be specified if rule contains line breaks");
        }

        if (rule.MessageExpression.Length > 0 && string.IsNullOrWhiteSpace(rule.MessageExpression))
        {
            errors.Required(path.Child("messageExpression"), "messageExpression must be non-empty if specified");
        }

        if (rule.Reason is not (null or FieldValueErrorReason.FieldValueDuplicate or FieldValueErrorReason.FieldValueForbidden
            or FieldValueErrorReason.FieldValueInvalid or FieldValueErrorReason.FieldValueRequired))
        {
            errors.NotSupported(
                path.Child("reason"),
                rule.Reason,
                FieldValueErrorReason.FieldValueDuplicate,
                FieldValueErrorReason.FieldValueForbidden,
                FieldValueErrorReason.FieldValueInvalid,
                FieldValueErrorReason.FieldValueRequired);
        }

        if (rule.FieldPath.Length > 0 && string.IsNullOrWhiteSpace(rule.FieldPath))
        {
            errors.Invalid(path.Child("fieldPath"), rule.FieldPath, "fieldPath must be non-empty if specified");
        }

        if (HasLineBreaks(rule.FieldPath))
        {
            errors.Invalid(path.Child("fieldPath"), rule.FieldPath, "fieldPath must not contain line breaks");
        }
    }

    private static bool HasLineBreaks(string text) => text.AsSpan().ContainsAny('\n', '\r');

    /// <summary>Where in the tree of schemas one stands.</summary>
    private readonly record struct SchemaPlace
    {
        /// <summary>The schema is the whole object's.</summary>
        public bool IsRoot
        {
            get;
            init
            {
                field = value;
                WasRoot |= value;
            }
        }

        /// <summary>The children at hand are those of the root.</summary>
        public bool WasRoot { get; init; }

        /// <summary>Inside kind, apiVersion or metadata, of the object or an embedded one.</summary>
        public bool InMeta { get; init; }

        /// <summary>Why no defaults are allowed; null where they are.</summary>
        public string? NoDefaultsReason { get; init; }
    }
}
