using Keelson.Machinery.Schema;
using Keelson.Machinery.Wire;

namespace Keelson.Server.OpenApi;

/// <summary>
/// Writes types as JSON schemas. Version 3 shows defaults, and wraps a reference that has neighbours in <c>allOf</c>;
/// version 2, whose readers trip over defaults, does neither.
/// </summary>
internal sealed class SchemaRenderer(JsonBuffer json, bool isV3)
{
    /// <summary>What references begin with.</summary>
    public string ReferencePrefix { get; } = isV3 ? "#/components/schemas/" : "#/definitions/";

    /// <summary>Writes a definition: the type itself, not a reference to it.</summary>
    public void Definition(Definition definition)
    {
        TypeSchema schema = definition.Schema;
        json.Open();
        Description(schema.Description, []);
        Shape(schema, []);
        if (schema.Type == SchemaType.Object)
        {
            Properties(schema);
        }

        if (definition.Kinds.Count > 0)
        {
            json.Key("x-kubernetes-group-version-kind");
            json.OpenList();
            foreach (GroupVersionKind kind in definition.Kinds)
            {
                json.Separate();
                Kind(kind);
            }

            json.CloseList();
        }

        if (schema.IsAtomic)
        {
            Text("x-kubernetes-map-type", "atomic");
        }

        json.Close();
    }

    /// <summary>Writes a reference as an object of its own.</summary>
    public void Reference(string name)
    {
        json.Open();
        Text("$ref", ReferencePrefix + name);
        json.Close();
    }

    /// <summary>Writes group, kind and version as an object.</summary>
    public void Kind(GroupVersionKind kind)
    {
        json.Open();
        Text("group", kind.Group);
        Text("kind", kind.Kind);
        Text("version", kind.Version);
        json.Close();
    }

    private void Properties(TypeSchema schema)
    {
        string[] required = [.. schema.Fields.Where(one => one.IsRequired).Select(one => one.Name)];
        if (required.Length > 0)
        {
            Texts("required", required);
        }

        if (schema.Fields.Count == 0)
        {
            return;
        }

        json.Key("properties");
        json.Open();
        foreach (FieldSchema field in schema.Fields.OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            json.Key(field.Name);
            Field(field);
        }

        json.Close();
    }

    private void Field(FieldSchema field)
    {
        json.Open();
        bool isList = field.Type.Type == SchemaType.List;
        Description(field.Description, isList ? [] : field.Enum);
        string? @default = isV3 ? field.Default ?? ZeroOf(field) : null;
        if (@default is not null)
        {
            json.Key("default");
            json.Raw(System.Text.Encoding.UTF8.GetBytes(@default));
        }

        if (field.Type.Name.Length > 0)
        {
            ReferenceWithNeighbours(field.Type.Name);
        }
        else
        {
            Shape(field.Type, field.Enum);
        }

        Extensions(field);
        json.Close();
    }

    private void Extensions(FieldSchema field)
    {
        if (field.ListType is { } list)
        {
            if (field.ListMapKeys.Count > 0)
            {
                Texts("x-kubernetes-list-map-keys", field.ListMapKeys);
            }

            Text("x-kubernetes-list-type", list switch { ListType.Map => "map", ListType.Set => "set", _ => "atomic" });
        }

        if (field.IsAtomic)
        {
            Text("x-kubernetes-map-type", "atomic");
        }

        if (field.IsGranular)
        {
            Text("x-kubernetes-map-type", "granular");
        }

        if (field.PatchMergeKey.Length > 0)
        {
            Text("x-kubernetes-patch-merge-key", field.PatchMergeKey);
        }

        if (field.PatchStrategy.Length > 0)
        {
            Text("x-kubernetes-patch-strategy", field.PatchStrategy);
        }
    }

    /// <summary>An element of a list or map: a reference, in version 3 with its default, or a type.</summary>
    private void Element(TypeSchema schema, IReadOnlyList<string> values)
    {
        if (schema.Name.Length == 0)
        {
            json.Open();
            if (isV3 && Zero(schema) is { } zero)
            {
                json.Key("default");
                json.Raw(System.Text.Encoding.UTF8.GetBytes(zero));
            }

            Shape(schema, values);
            json.Close();
            return;
        }

        if (!isV3 || schema.Type != SchemaType.Object)
        {
            Reference(schema.Name);
            return;
        }

        json.Open();
        json.Key("default");
        json.Raw("{}"u8);
        ReferenceWithNeighbours(schema.Name);
        json.Close();
    }

    private void ReferenceWithNeighbours(string name)
    {
        if (!isV3)
        {
            Text("$ref", ReferencePrefix + name);
            return;
        }

        json.Key("allOf");
        json.OpenList();
        Reference(name);
        json.CloseList();
    }

    /// <summary>The type without its name.</summary>
    private void Shape(TypeSchema schema, IReadOnlyList<string> values)
    {
        switch (schema.Type)
        {
            case SchemaType.Object:
                Text("type", "object");
                break;
            case SchemaType.Map:
                Text("type", "object");
                json.Key("additionalProperties");
                Element(schema.Element!, []);
                break;
            case SchemaType.List:
                Text("type", "array");
                json.Key("items");
                Element(schema.Element!, values);
                break;
            case SchemaType.IntOrString:
                OneOf("integer", "string", v2: "string");
                break;
            case SchemaType.Quantity:
                OneOf("string", "number", v2: "string");
                break;
            case SchemaType.Any:
                if (!schema.Name.Contains(".apiextensions.", StringComparison.Ordinal))
                {
                    Text("type", "object");
                }

                break;
            default:
                Text("type", schema.Type switch
                {
                    SchemaType.Integer => "integer",
                    SchemaType.Number => "number",
                    SchemaType.Boolean => "boolean",
                    _ => "string",
                });
                break;
        }

        if (schema.Format.Length > 0)
        {
            Text("format", schema.Format);
        }

        if (values.Count > 0 && schema.Type == SchemaType.String)
        {
            Texts("enum", values);
        }
    }

    private void OneOf(string first, string second, string v2)
    {
        if (!isV3)
        {
            Text("type", v2);
            return;
        }

        json.Key("oneOf");
        json.OpenList();
        foreach (string type in (string[])[first, second])
        {
            json.Separate();
            json.Open();
            Text("type", type);
            json.Close();
        }

        json.CloseList();
    }

    /// <summary>A description, with the values that a text may have.</summary>
    private void Description(string description, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            description += "\n\nPossible enum values:" + string.Concat(values.Select(one => $"\n - `\"{one}\"`"));
        }

        if (description.Length > 0)
        {
            Text("description", description);
        }
    }

    /// <summary>
    /// The default that a field has by its Go type: structs always, scalars when they are written even if empty.
    /// </summary>
    private static string? ZeroOf(FieldSchema field) =>
        !field.IsNullable && (field.IsAlwaysWritten || field.Type.Type == SchemaType.Object) ? Zero(field.Type) : null;

    private static string? Zero(TypeSchema schema) => schema switch
    {
        { Type: SchemaType.Object } => "{}",
        { Name.Length: > 0 } => null,
        { Type: SchemaType.String, Format.Length: 0 } => "\"\"",
        { Type: SchemaType.Integer or SchemaType.Number } => "0",
        { Type: SchemaType.Boolean } => "false",
        _ => null,
    };

    private void Text(string key, string value)
    {
        json.Key(key);
        json.Value(value);
    }

    private void Texts(string key, IReadOnlyList<string> values)
    {
        json.Key(key);
        json.OpenList();
        foreach (string value in values)
        {
            json.Separate();
            json.Value(value);
        }

        json.CloseList();
    }
}
