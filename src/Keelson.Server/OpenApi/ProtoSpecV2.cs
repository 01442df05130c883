using System.Text.Json;

namespace Keelson.Server.OpenApi;

/// <summary>Encodes a version 2 document as gnostic's openapi.v2.Document.</summary>
internal sealed class ProtoSpecV2 : GnosticWriter
{
    /// <summary>The message of a document's JSON.</summary>
    public static byte[] Write(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        ProtoSpecV2 writer = new();
        writer.Document(document.RootElement);
        return writer.Proto.ToArray();
    }

    private void Document(JsonElement document)
    {
        Map(13, document, "securityDefinitions", one => Message(2, one, ApiKey));
        List(12, document, "security", one => Pairs(1, one, StringArray));
        Map(10, document, "parameters", Parameter);
        Map(9, document, "definitions", Schema);
        Message(8, document, "paths", paths => Pairs(2, paths, PathItem));
        Message(2, document, "info", info =>
        {
            Text(2, info, "version");
            Text(1, info, "title");
        });
        Text(1, document, "swagger");
    }

    private void ApiKey(JsonElement scheme)
    {
        Text(4, scheme, "description");
        Text(3, scheme, "in");
        Text(2, scheme, "name");
        Text(1, scheme, "type");
    }

    private void StringArray(JsonElement list)
    {
        foreach (JsonElement value in list.EnumerateArray().Reverse())
        {
            Proto.Field(1, value.GetString());
        }
    }

    private void PathItem(JsonElement item)
    {
        List(9, item, "parameters", ParametersItem);
        Message(8, item, "patch", Operation);
        Message(7, item, "head", Operation);
        Message(6, item, "options", Operation);
        Message(5, item, "delete", Operation);
        Message(4, item, "post", Operation);
        Message(3, item, "put", Operation);
        Message(2, item, "get", Operation);
    }

    private void Operation(JsonElement operation)
    {
        Extensions(13, operation);
        Truth(11, operation, "deprecated");
        Texts(10, operation, "schemes");
        Message(9, operation, "responses", all => Pairs(1, all, one => Message(1, one, Response)));
        List(8, operation, "parameters", ParametersItem);
        Texts(7, operation, "consumes");
        Texts(6, operation, "produces");
        Text(5, operation, "operationId");
        Text(3, operation, "description");
        Texts(1, operation, "tags");
    }

    private void Response(JsonElement response)
    {
        Message(2, response, "schema", schema => Message(1, schema, Schema));
        Text(1, response, "description");
    }

    private void ParametersItem(JsonElement parameter)
    {
        if (IsReference(parameter, out string reference))
        {
            Message(2, parameter, _ => Proto.Field(1, reference));
        }
        else
        {
            Message(1, parameter, Parameter);
        }
    }

    private void Parameter(JsonElement parameter)
    {
        switch (parameter.GetProperty("in").GetString())
        {
            case "body":
                Message(1, parameter, Body);
                break;
            case "path":
                Message(2, parameter, one => Message(4, one, path => Plain(path, type: 5, unique: 19)));
                break;
            default:
                Message(2, parameter, one => Message(3, one, query => Plain(query, type: 6, unique: 20)));
                break;
        }
    }

    private void Body(JsonElement parameter)
    {
        Message(5, parameter, "schema", Schema);
        Truth(4, parameter, "required");
        Text(3, parameter, "in");
        Text(2, parameter, "name");
        Text(1, parameter, "description");
    }

    private void Plain(JsonElement parameter, int type, int unique)
    {
        Truth(unique, parameter, "uniqueItems");
        Text(type, parameter, "type");
        Text(4, parameter, "name");
        Text(3, parameter, "description");
        Text(2, parameter, "in");
        Truth(1, parameter, "required");
    }

    private void Schema(JsonElement schema)
    {
        Extensions(31, schema);
        Map(25, schema, "properties", Schema);
        List(24, schema, "allOf", Schema);
        Message(23, schema, "items", items => Message(1, items, Schema));
        Message(22, schema, "type", type => Proto.Field(1, type.GetString()));
        Message(21, schema, "additionalProperties", AdditionalProperties);
        List(20, schema, "enum", Any);
        Texts(19, schema, "required");
        Limits(6, schema);
        Message(5, schema, "default", Any);
        Text(4, schema, "description");
        Text(3, schema, "title");
        Text(2, schema, "format");
        Text(1, schema, "$ref");
    }

    private void AdditionalProperties(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            Message(1, value, Schema);
        }
        else
        {
            Proto.Field(2, value.ValueKind == JsonValueKind.True ? 1L : 0L);
        }
    }
}
