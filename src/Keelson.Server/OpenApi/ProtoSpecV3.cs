using System.Text.Json;

namespace Keelson.Server.OpenApi;

/// <summary>Encodes a version 3 document as gnostic's openapi.v3.Document.</summary>
internal sealed class ProtoSpecV3 : GnosticWriter
{
    /// <summary>The message of a document's JSON.</summary>
    public static byte[] Write(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        ProtoSpecV3 writer = new();
        writer.Document(document.RootElement);
        return writer.Proto.ToArray();
    }

    private void Document(JsonElement document)
    {
        Message(5, document, "components", Components);
        Message(4, document, "paths", paths => Pairs(1, paths, PathItem));
        Message(2, document, "info", info =>
        {
            Text(6, info, "version");
            Text(1, info, "title");
        });
        Text(1, document, "openapi");
    }

    private void Components(JsonElement components)
    {
        Map(7, components, "securitySchemes", one => Message(1, one, SecurityScheme));
        Map(1, components, "schemas", SchemaOrReference);
    }

    private void SecurityScheme(JsonElement scheme)
    {
        Text(4, scheme, "in");
        Text(3, scheme, "name");
        Text(2, scheme, "description");
        Text(1, scheme, "type");
    }

    private void PathItem(JsonElement item)
    {
        List(13, item, "parameters", one => Message(1, one, Parameter));
        Message(10, item, "patch", Operation);
        Message(9, item, "head", Operation);
        Message(8, item, "options", Operation);
        Message(7, item, "delete", Operation);
        Message(6, item, "post", Operation);
        Message(5, item, "put", Operation);
        Message(4, item, "get", Operation);
    }

    private void Operation(JsonElement operation)
    {
        Extensions(13, operation);
        Truth(10, operation, "deprecated");
        Message(8, operation, "responses", all => Pairs(2, all, one => Message(1, one, Response)));
        Message(7, operation, "requestBody", one => Message(1, one, RequestBody));
        List(6, operation, "parameters", one => Message(1, one, Parameter));
        Text(5, operation, "operationId");
        Text(3, operation, "description");
        Texts(1, operation, "tags");
    }

    private void Response(JsonElement response)
    {
        Map(3, response, "content", MediaType);
        Text(1, response, "description");
    }

    private void RequestBody(JsonElement body)
    {
        Truth(3, body, "required");
        Map(2, body, "content", MediaType);
    }

    private void MediaType(JsonElement media) => Message(1, media, "schema", SchemaOrReference);

    private void Parameter(JsonElement parameter)
    {
        Message(10, parameter, "schema", SchemaOrReference);
        Truth(4, parameter, "required");
        Text(3, parameter, "description");
        Text(2, parameter, "in");
        Text(1, parameter, "name");
    }

    private void SchemaOrReference(JsonElement value)
    {
        if (IsReference(value, out string reference))
        {
            Message(2, value, _ => Proto.Field(1, reference));
        }
        else
        {
            Message(1, value, Schema);
        }
    }

    private void Schema(JsonElement schema)
    {
        Extensions(36, schema);
        Text(35, schema, "format");
        Text(34, schema, "description");
        Message(33, schema, "default", Default);
        Message(32, schema, "additionalProperties", AdditionalProperties);
        Map(31, schema, "properties", SchemaOrReference);
        Message(30, schema, "items", items => Message(1, items, SchemaOrReference));
        Message(29, schema, "not", Schema);
        List(28, schema, "anyOf", SchemaOrReference);
        List(27, schema, "oneOf", SchemaOrReference);
        List(26, schema, "allOf", SchemaOrReference);
        Text(25, schema, "type");
        List(24, schema, "enum", Any);
        Texts(23, schema, "required");
        Limits(10, schema);
        Text(9, schema, "title");
        Truth(1, schema, "nullable");
    }

    /// <summary>gnostic knows scalar defaults only; of others it keeps that there is one.</summary>
    private void Default(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                Proto.Field(1, (double?)value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Proto.Field(2, value.GetBoolean() ? 1L : 0L);
                break;
            case JsonValueKind.String:
                Proto.Field(3, value.GetString());
                break;
            default:
                break;
        }
    }

    private void AdditionalProperties(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            Message(1, value, SchemaOrReference);
        }
        else
        {
            Proto.Field(2, value.ValueKind == JsonValueKind.True ? 1L : 0L);
        }
    }
}
