namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The formats that schemas may ask for; others are let pass unchecked, with a warning.</summary>
internal static class SchemaFormats
{
    private static readonly HashSet<string> Recognized =
    [
        "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5", "isbn",
        "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "password", "date", "duration", "datetime",
        "k8sshortname", "k8slongname", "int32", "int64", "float", "double",
    ];

    /// <summary>The formats in the schemas of a definition that are not recognized, in the schemas' order.</summary>
    public static IEnumerable<string> Unrecognized(CustomResourceDefinitionSpec spec)
    {
        CustomResourceView view = new(spec);
        IEnumerable<JSONSchemaProps?> schemas = view.Schema is { } shared
            ? [shared.OpenAPIV3Schema]
            : spec.Versions.Select(static one => one.Schema?.OpenAPIV3Schema);
        return schemas.SelectMany(static one => SchemaWalk.All(one))
            .Select(static one => one.Format)
            .Where(static one => one.Length > 0 && !Recognized.Contains(one.Replace("-", "", StringComparison.Ordinal)));
    }
}

/// <summary>Goes through a schema and all the schemas in it.</summary>
internal static class SchemaWalk
{
    public static IEnumerable<JSONSchemaProps> All(JSONSchemaProps? schema)
    {
        if (schema is null)
        {
            yield break;
        }

        yield return schema;
        foreach (JSONSchemaProps child in Children(schema).SelectMany(All))
        {
            yield return child;
        }
    }

    private static IEnumerable<JSONSchemaProps?> Children(JSONSchemaProps schema)
    {
        IEnumerable<JSONSchemaProps?> items = schema.Items is { } list ? [list.Schema, .. list.JsonSchemas] : [];
        return
        [
            .. items,
            .. schema.AllOf,
            .. schema.AnyOf,
            .. schema.OneOf,
            schema.Not,
            .. schema.Properties.Select(static one => one.Value),
            schema.AdditionalProperties?.Schema,
            .. schema.PatternProperties.Select(static one => one.Value),
            schema.AdditionalItems?.Schema,
            .. schema.Definitions.Select(static one => one.Value),
            .. schema.Dependencies.Select(static one => one.Value.Schema),
        ];
    }
}
