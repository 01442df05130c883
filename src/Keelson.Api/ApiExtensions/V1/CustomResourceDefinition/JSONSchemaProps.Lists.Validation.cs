using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The rules on how lists and maps merge: x-kubernetes-list-type, -list-map-keys and -map-type.</summary>
internal static class ListSchemaRules
{
    public static void Validate(JSONSchemaProps schema, FieldPath path, FieldErrors errors)
    {
        if (schema.XKubernetesMapType is { } mapType)
        {
            RequireType(schema, "object", "x-kubernetes-map-type", path, errors);
            if (mapType is not ("atomic" or "granular"))
            {
                errors.NotSupported(path.Child("x-kubernetes-map-type"), mapType, "atomic", "granular");
            }
        }

        if (schema.XKubernetesListType is { } listType)
        {
            if (schema.Type != "array")
            {
                RequireType(schema, "array", "x-kubernetes-list-type", path, errors);
            }
            else if (listType == "set" && schema.Items?.Schema is { } item)
            {
                ValidateSetItem(item, path.Child("items"), errors);
            }

            if (listType is not ("atomic" or "set" or "map"))
            {
                errors.NotSupported(path.Child("x-kubernetes-list-type"), listType, "atomic", "set", "map");
            }
        }

        if (schema.XKubernetesListMapKeys.Count > 0 && schema.XKubernetesListType != "map")
        {
            const string mustBeMap = "must be map if x-kubernetes-list-map-keys is non-empty";
            if (schema.XKubernetesListType is null)
            {
                errors.Required(path.Child("x-kubernetes-list-type"), mustBeMap);
            }
            else
            {
                errors.Invalid(path.Child("x-kubernetes-list-type"), schema.XKubernetesListType, mustBeMap);
            }
        }

        if (schema.XKubernetesListType == "map")
        {
            ValidateMapList(schema, path, errors);
        }

        ValidateKeysAreThere(schema, path, errors);
    }

    private static void RequireType(JSONSchemaProps schema, string type, string because, FieldPath path, FieldErrors errors)
    {
        string text = $"must be {type} if {because} is specified";
        if (schema.Type.Length == 0)
        {
            errors.Required(path.Child("type"), text);
        }
        else if (schema.Type != type)
        {
            errors.Invalid(path.Child("type"), schema.Type, text);
        }
    }

    private static void ValidateSetItem(JSONSchemaProps item, FieldPath path, FieldErrors errors)
    {
        const string text = "must be atomic as item of a list with x-kubernetes-list-type=set";
        string listType = ErrorValue.Json(item.XKubernetesListType);
        if (item is { Type: "array", XKubernetesListType: not (null or "atomic") })
        {
            errors.InvalidRaw(path.Child("x-kubernetes-list-type"), listType, text);
        }
        else if (item is { Type: "object", XKubernetesMapType: not "atomic" })
        {
            // Upstream prints the list type here, too.
            errors.InvalidRaw(path.Child("x-kubernetes-map-type"), listType, text);
        }
    }

    private static void ValidateMapList(JSONSchemaProps schema, FieldPath path, FieldErrors errors)
    {
        FieldPath keysPath = path.Child("x-kubernetes-list-map-keys");
        if (schema.XKubernetesListMapKeys.Count == 0)
        {
            errors.Required(keysPath, "must not be empty if x-kubernetes-list-type is map");
        }

        if (schema.Items is null)
        {
            errors.Required(path.Child("items"), "must have a schema if x-kubernetes-list-type is map");
            return;
        }

        if (schema.Items.Schema is not { } item)
        {
            errors.InvalidRaw(
                path.Child("items"),
                ErrorValue.Json(schema.Items),
                "must only have a single schema if x-kubernetes-list-type is map");
            return;
        }

        if (item.Type != "object")
        {
            errors.Invalid(
                path.Child("items").Child("type"), item.Type, "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }

        HashSet<string> seen = [];
        foreach (string key in schema.XKubernetesListMapKeys)
        {
            if (!item.Properties.TryGetValue(key, out JSONSchemaProps? property))
            {
                errors.InvalidRaw(
                    keysPath, ErrorValue.Json(schema.XKubernetesListMapKeys), "entries must all be names of item properties");
            }
            else if (property.Type is "array" or "object")
            {
                errors.Invalid(
                    path.Child("items").Child("properties").Key(key).Child("type"),
                    item.Type,
                    "must be a scalar type if parent array's x-kubernetes-list-type is map");
            }

            if (!seen.Add(key))
            {
                errors.InvalidRaw(keysPath, ErrorValue.Json(schema.XKubernetesListMapKeys), "must not contain duplicate entries");
            }
        }
    }

    /// <summary>An element without its keys could not be told from the others.</summary>
    private static void ValidateKeysAreThere(JSONSchemaProps schema, FieldPath path, FieldErrors errors)
    {
        if (schema.Items?.Schema is not { } item || schema.XKubernetesListType is not ("set" or "map"))
        {
            return;
        }

        FieldPath items = path.Child("items");
        if (item.Nullable)
        {
            errors.Forbidden(
                items.Child("nullable"), "cannot be nullable when x-kubernetes-list-type is " + schema.XKubernetesListType);
        }

        if (schema.XKubernetesListType == "set")
        {
            return;
        }

        foreach (string key in schema.XKubernetesListMapKeys)
        {
            if (!item.Properties.TryGetValue(key, out JSONSchemaProps? property))
            {
                continue;
            }

            FieldPath at = items.Child("properties").Key(key);
            if (!item.Required.AsSpan().Contains(key) && property.Default.IsAbsent)
            {
                errors.Required(
                    at.Child("default"),
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }

            if (property.Nullable)
            {
                errors.Forbidden(
                    at.Child("nullable"), "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
            }
        }
    }
}
