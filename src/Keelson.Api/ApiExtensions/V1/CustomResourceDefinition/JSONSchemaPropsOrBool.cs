using System.Text.Json;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Wire;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>A schema, or whether anything is allowed at all.</summary>
public sealed record JSONSchemaPropsOrBool : IWireValue<JSONSchemaPropsOrBool>
{
    /// <summary>The value with nothing set.</summary>
    public static JSONSchemaPropsOrBool Empty { get; } = new();

    /// <summary>The type's shape.</summary>
    public static TypeSchema WireSchema { get; } = TypeSchema.Scalar(
        SchemaType.Any,
        name: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
        description: "A schema, or true for anything and false for nothing.");

    /// <summary>Whether anything is allowed.</summary>
    public bool Allows { get; init; }

    /// <summary>The schema.</summary>
    public JSONSchemaProps? Schema { get; init; }

    /// <inheritdoc/>
    public static JSONSchemaPropsOrBool ReadJson(ref JsonDecoder decoder) => decoder.Token switch
    {
        JsonTokenType.StartObject => new() { Allows = true, Schema = JSONSchemaProps.ReadJson(ref decoder) },
        JsonTokenType.True => new() { Allows = true },
        JsonTokenType.False or JsonTokenType.Null => Empty,
        _ => throw new DecodeException("boolean or JSON schema expected"),
    };

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json)
    {
        if (Schema is not null)
        {
            Schema.WriteJson(json);
        }
        else
        {
            json.Value(Allows);
        }
    }

    /// <inheritdoc/>
    public static JSONSchemaPropsOrBool ReadProto(ref ProtoReader reader)
    {
        (bool allows, JSONSchemaProps? schema) = (false, null);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    allows = reader.ReadBool();
                    break;
                case 2:
                    schema = reader.ReadMessage<JSONSchemaProps>();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new() { Allows = allows, Schema = schema };
    }

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto)
    {
        proto.Field(2, Schema);
        proto.Field(1, Allows);
    }
}
