using Keelson.Api.AdmissionRegistration.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The rules on a definition's spec.</summary>
internal static class CustomResourceSpecRules
{
    public static void Validate(CustomResourceDefinitionSpec spec, FieldPath path, FieldErrors errors)
    {
        CustomResourceView view = new(spec);
        ValidateGroup(spec.Group, path.Child("group"), errors);
        if (spec.Scope.Length == 0)
        {
            errors.Required(path.Child("scope"), "");
        }
        else if (spec.Scope is not (ResourceScope.Cluster or ResourceScope.Namespaced))
        {
            errors.NotSupported(path.Child("scope"), spec.Scope, ResourceScope.Cluster, ResourceScope.Namespaced);
        }

        if (view.Schema?.OpenAPIV3Schema is null)
        {
            for (int i = 0; i < view.Versions.Count; i++)
            {
                if (view.Versions[i].Schema?.OpenAPIV3Schema is null)
                {
                    errors.Required(
                        path.Child("versions").Index(i).Child("schema").Child("openAPIV3Schema"), "schemas are required");
                }
            }
        }

        ValidateVersions(view, path.Child("versions"), errors);
        RequireNames(spec.Names, path.Child("names"), errors);
        ValidateNames(spec.Names, path.Child("names"), errors);
        bool hasStatus = view.Subresources?.Status is not null || spec.Versions.Any(static one => one.Subresources?.Status is not null);
        CustomResourceSchemaRules.Validate(view.Schema, hasStatus, path.Child("validation"), errors);
        ValidateSubresources(view.Subresources, path.Child("subresources"), errors);
        ValidateColumns(view.Columns, path.Child("additionalPrinterColumns"), errors);
        ValidateSelectableFields(
            view.SelectableFields,
            view.Schema,
            path.Child("selectableFields"),
            "selectableFields may only be set when validations.schema is included",
            errors);
        ValidateConversion(spec.Conversion, path.Child("conversion"), errors);
    }

    public static void ValidateNames(CustomResourceDefinitionNames names, FieldPath path, FieldErrors errors)
    {
        const string mixed = "may have mixed case, but should otherwise match: ";
        ValidateLabel(names.Plural, names.Plural, "", path.Child("plural"), errors);
        ValidateLabel(names.Singular, names.Singular, "", path.Child("singular"), errors);
        ValidateLabel(names.Kind.ToLowerInvariant(), names.Kind, mixed, path.Child("kind"), errors);
        ValidateLabel(names.ListKind.ToLowerInvariant(), names.ListKind, mixed, path.Child("listKind"), errors);
        ValidateLabels(names.ShortNames, path.Child("shortNames"), errors);
        if (names.Kind.Length > 0 && names.Kind == names.ListKind)
        {
            errors.Invalid(path.Child("listKind"), names.ListKind, "kind and listKind may not be the same");
        }

        ValidateLabels(names.Categories, path.Child("categories"), errors);
    }

    private static void ValidateGroup(string group, FieldPath path, FieldErrors errors)
    {
        string problems = string.Join(",", ContentRules.Dns1123Subdomain(group));
        if (group.Length == 0)
        {
            errors.Required(path, "");
        }
        else if (problems.Length > 0)
        {
            errors.Invalid(path, group, problems);
        }
        else if (!group.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(path, group, "should be a domain with at least one dot");
        }
    }

    private static void ValidateVersions(CustomResourceView view, FieldPath path, FieldErrors errors)
    {
        HashSet<string> names = [];
        bool unique = true;
        int storage = 0;
        for (int i = 0; i < view.Versions.Count; i++)
        {
            CustomResourceDefinitionVersion version = view.Versions[i];
            unique &= names.Add(version.Name);
            storage += version.Storage ? 1 : 0;
            string problems = string.Join(",", ContentRules.Dns1035Label(version.Name));
            if (problems.Length > 0)
            {
                errors.Invalid(path.Index(i).Child("name"), version.Name, problems);
            }

            ValidateVersion(version, view.Subresources ?? version.Subresources, path.Index(i), errors);
        }

        if (!unique)
        {
            errors.InvalidRaw(path, CustomResourceText.Render(view.Versions), "must contain unique version names");
        }

        if (storage != 1)
        {
            errors.InvalidRaw(
                path, CustomResourceText.Render(view.Versions), "must have exactly one version marked as storage version");
        }
    }

    private static void ValidateVersion(
        CustomResourceDefinitionVersion version, CustomResourceSubresources? subresources, FieldPath path, FieldErrors errors)
    {
        foreach (string problem in WarningErrors(version))
        {
            errors.Invalid(path.Child("deprecationWarning"), version.DeprecationWarning, problem);
        }

        CustomResourceSchemaRules.Validate(version.Schema, subresources?.Status is not null, path.Child("schema"), errors);
        ValidateSubresources(version.Subresources, path.Child("subresources"), errors);
        ValidateColumns(version.AdditionalPrinterColumns, path.Child("additionalPrinterColumns"), errors);
        ValidateSelectableFields(
            version.SelectableFields,
            version.Schema,
            path.Child("selectableFields"),
            "selectableFields may only be set when version.schema.openAPIV3Schema is not included",
            errors);
    }

    private static IEnumerable<string> WarningErrors(CustomResourceDefinitionVersion version)
    {
        if (version.DeprecationWarning is not { } warning)
        {
            yield break;
        }

        if (!version.Deprecated)
        {
            yield return "can only be set for deprecated versions";
            yield break;
        }

        if (warning.Length > 256)
        {
            yield return "must be <= 256 characters long";
        }

        if (warning.Length == 0)
        {
            yield return "must not be an empty string";
        }

        int at = 0;
        foreach (System.Text.Rune rune in warning.EnumerateRunes())
        {
            if (!GoText.IsPrintable(rune))
            {
                yield return $"must only contain printable UTF-8 characters; non-printable character found at index {at}";
                yield break;
            }

            at += rune.Utf8SequenceLength;
        }
    }

    private static void RequireNames(CustomResourceDefinitionNames names, FieldPath path, FieldErrors errors)
    {
        foreach ((string field, string value) in (ReadOnlySpan<(string, string)>)
            [("plural", names.Plural), ("singular", names.Singular), ("kind", names.Kind), ("listKind", names.ListKind)])
        {
            if (value.Length == 0)
            {
                errors.Required(path.Child(field), "");
            }
        }
    }

    private static void ValidateLabel(string label, string value, string introduction, FieldPath path, FieldErrors errors)
    {
        string problems = label.Length == 0 ? "" : string.Join(",", ContentRules.Dns1035Label(label));
        if (problems.Length > 0)
        {
            errors.Invalid(path, value, introduction + problems);
        }
    }

    private static void ValidateLabels(ApiList<string> labels, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            string problems = string.Join(",", ContentRules.Dns1035Label(labels[i]));
            if (problems.Length > 0)
            {
                errors.Invalid(path.Index(i), labels[i], problems);
            }
        }
    }

    private static void ValidateSubresources(CustomResourceSubresources? subresources, FieldPath path, FieldErrors errors)
    {
        if (subresources?.Scale is not { } scale)
        {
            return;
        }

        RequirePath(scale.SpecReplicasPath, ".spec", path.Child("scale.specReplicasPath"), errors);
        RequirePath(scale.StatusReplicasPath, ".status", path.Child("scale.statusReplicasPath"), errors);
        if (scale.LabelSelectorPath is not (null or "") && IsSimplePath(scale.LabelSelectorPath, path.Child("scale.labelSelectorPath"), errors)
            && !scale.LabelSelectorPath.StartsWith(".spec.", StringComparison.Ordinal)
            && !scale.LabelSelectorPath.StartsWith(".status.", StringComparison.Ordinal))
        {
            errors.Invalid(
                path.Child("scale.labelSelectorPath"),
                scale.LabelSelectorPath,
                "should be a json path under either .spec or .status");
        }
    }

    private static void RequirePath(string value, string root, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, "");
        }
        else if (IsSimplePath(value, path, errors) && !value.StartsWith(root + ".", StringComparison.Ordinal))
        {
            errors.Invalid(path, value, "should be a json path under " + root);
        }
    }

    private static bool IsSimplePath(string value, FieldPath path, FieldErrors errors)
    {
        if (value[0] == '.')
        {
            return true;
        }

        errors.Invalid(path, value, "must be a simple json path starting with .");
        return false;
    }

    private static void ValidateColumns(ApiList<CustomResourceColumnDefinition> columns, FieldPath path, FieldErrors errors)
    {
        const string types = "must be one of boolean,date,integer,number,string";
        for (int i = 0; i < columns.Count; i++)
        {
            CustomResourceColumnDefinition column = columns[i];
            FieldPath one = path.Index(i);
            if (column.Name.Length == 0)
            {
                errors.Required(one.Child("name"), "");
            }

            if (column.Type.Length == 0)
            {
                errors.Required(one.Child("type"), types);
            }
            else if (column.Type is not ("boolean" or "date" or "integer" or "number" or "string"))
            {
                errors.Invalid(one.Child("type"), column.Type, types);
            }

            if (column.Format is not ("" or "byte" or "date" or "date-time" or "double" or "float" or "int32" or "int64" or "password"))
            {
                errors.Invalid(
                    one.Child("format"), column.Format, "must be one of byte,date,date-time,double,float,int32,int64,password");
            }

            if (column.JsonPath.Length == 0)
            {
                errors.Required(one.Child("JSONPath"), "");
            }
            else
            {
                IsSimplePath(column.JsonPath, one.Child("JSONPath"), errors);
            }
        }
    }

    private static void ValidateSelectableFields(
        ApiList<SelectableField> fields, CustomResourceValidation? schema, FieldPath path, string withoutSchema, FieldErrors errors)
    {
        if (fields.Count == 0)
        {
            return;
        }

        if (schema?.OpenAPIV3Schema is not { } root)
        {
            errors.Invalid(path, "", withoutSchema);
            return;
        }

        SelectableFieldRules.Validate(fields, root, path, errors);
    }

    private static void ValidateConversion(CustomResourceConversion? conversion, FieldPath path, FieldErrors errors)
    {
        if (conversion is null)
        {
            return;
        }

        if (conversion.Strategy.Length == 0)
        {
            errors.Required(path.Child("strategy"), "");
        }
        else if (conversion.Strategy is not (ConversionStrategyType.None or ConversionStrategyType.Webhook))
        {
            errors.NotSupported(
                path.Child("strategy"), conversion.Strategy, ConversionStrategyType.None, ConversionStrategyType.Webhook);
        }

        FieldPath client = path.Child("webhookClientConfig");
        FieldPath versions = path.Child("conversionReviewVersions");
        ApiList<string> reviewVersions = conversion.Webhook?.ConversionReviewVersions ?? default;
        if (conversion.Strategy != ConversionStrategyType.Webhook)
        {
            if (conversion.Webhook?.ClientConfig is not null)
            {
                errors.Forbidden(client, "should not be set when strategy is not set to Webhook");
            }

            if (reviewVersions.Count > 0)
            {
                errors.Forbidden(versions, "should not be set when strategy is not set to Webhook");
            }

            return;
        }

        ValidateClient(conversion.Webhook?.ClientConfig, client, errors);
        ValidateReviewVersions(reviewVersions, versions, errors);
    }

    private static void ValidateClient(WebhookClientConfig? config, FieldPath path, FieldErrors errors)
    {
        if (config is null)
        {
            errors.Required(path, "required when strategy is set to Webhook");
        }
        else if (config.Url is null == config.Service is null)
        {
            errors.Required(path, "exactly one of url or service is required");
        }
        else if (config.Url is not null)
        {
            WebhookClientRules.ValidateUrl(config.Url, path.Child("url"), errors);
        }
        else if (config.Service is { } service)
        {
            WebhookClientRules.ValidateService(
                (service.Namespace, service.Name, service.Path, service.Port ?? 0), path.Child("service"), errors);
        }
    }

    private static void ValidateReviewVersions(ApiList<string> versions, FieldPath path, FieldErrors errors)
    {
        if (versions.Count == 0)
        {
            errors.Required(path, "");
            return;
        }

        HashSet<string> seen = [];
        for (int i = 0; i < versions.Count; i++)
        {
            if (!seen.Add(versions[i]))
            {
                errors.Invalid(path.Index(i), versions[i], "duplicate version");
                continue;
            }

            errors.Invalid(ContentRules.Dns1035Label(versions[i]), path.Index(i), versions[i]);
        }

        if (!seen.Contains("v1") && !seen.Contains("v1beta1"))
        {
            errors.InvalidRaw(path, ErrorValue.Json(versions), "must include at least one of v1, v1beta1");
        }
    }
}
