using System.Text.Json;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>A schema, or names of properties.</summary>
public sealed record JSONSchemaPropsOrStringArray : IWireValue<JSONSchemaPropsOrStringArray>
{
    /// <summary>The value with nothing set.</summary>
    public static JSONSchemaPropsOrStringArray Empty { get; } = new();

    /// <summary>The type's shape.</summary>
    public static TypeSchema WireSchema { get; } = TypeSchema.Scalar(
        SchemaType.Any,
        name: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
        description: "A schema, or a list of property names.");

    /// <summary>The schema.</summary>
    public JSONSchemaProps? Schema { get; init; }

    /// <summary>The names.</summary>
    public ApiList<string> Property { get; init; }

    /// <inheritdoc/>
    public static JSONSchemaPropsOrStringArray ReadJson(ref JsonDecoder decoder) => decoder.Token switch
    {
        JsonTokenType.StartObject => new() { Schema = JSONSchemaProps.ReadJson(ref decoder) },
        JsonTokenType.StartArray => new() { Property = decoder.ReadStringList() },
        JsonTokenType.Null => Empty,
        _ => throw decoder.Mismatch("v1.JSONSchemaPropsOrStringArray"),
    };

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json)
    {
        if (Property.Count > 0)
        {
            json.Value(Property);
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
    public static JSONSchemaPropsOrStringArray ReadProto(ref ProtoReader reader)
    {
        JSONSchemaProps? schema = null;
        List<string> names = [];
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    schema = reader.ReadMessage<JSONSchemaProps>();
                    break;
                case 2:
                    names.Add(reader.ReadString());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new() { Schema = schema, Property = names.Count == 0 ? default : names.ToApiList() };
    }

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto)
    {
        proto.Field(2, Property);
        proto.Field(1, Schema);
    }
}
