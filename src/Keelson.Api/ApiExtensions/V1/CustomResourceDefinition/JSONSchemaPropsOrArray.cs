using System.Text.Json;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>One schema for all elements of a list, or a list of schemas, one an element.</summary>
public sealed record JSONSchemaPropsOrArray : IWireValue<JSONSchemaPropsOrArray>
{
    /// <summary>The value with nothing set.</summary>
    public static JSONSchemaPropsOrArray Empty { get; } = new();

    /// <summary>The type's shape.</summary>
    public static TypeSchema WireSchema { get; } = TypeSchema.Scalar(
        SchemaType.Any,
        name: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
        description: "A schema, or a list of schemas.");

    /// <summary>The one schema.</summary>
    public JSONSchemaProps? Schema { get; init; }

    /// <summary>The schemas, when there is a list of them.</summary>
    public ApiList<JSONSchemaProps> JsonSchemas { get; init; }

    /// <inheritdoc/>
    public static JSONSchemaPropsOrArray ReadJson(ref JsonDecoder decoder) => decoder.Token switch
    {
        JsonTokenType.StartObject => new() { Schema = JSONSchemaProps.ReadJson(ref decoder) },
        JsonTokenType.StartArray => new() { JsonSchemas = decoder.ReadList<JSONSchemaProps>("[]v1.JSONSchemaProps") },
        JsonTokenType.Null => Empty,
        _ => throw decoder.Mismatch("v1.JSONSchemaPropsOrArray"),
    };

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json)
    {
        if (JsonSchemas.Count > 0)
        {
            json.Value(JsonSchemas);
        }
        else if (Schema is not null)
        {
            Schema.WriteJson(json);
        }
        else
        {
            json.Null();
        }
    }

    /// <inheritdoc/>
    public static JSONSchemaPropsOrArray ReadProto(ref ProtoReader reader)
    {
        JSONSchemaProps? schema = null;
        List<JSONSchemaProps> schemas = [];
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    schema = reader.ReadMessage<JSONSchemaProps>();
                    break;
                case 2:
                    schemas.Add(reader.ReadMessage<JSONSchemaProps>());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new() { Schema = schema, JsonSchemas = schemas.Count == 0 ? default : schemas.ToApiList() };
    }

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto)
    {
        proto.Field(2, JsonSchemas);
        proto.Field(1, Schema);
    }
}
