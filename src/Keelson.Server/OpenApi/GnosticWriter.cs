using System.Text.Json;
using Keelson.Machinery.Wire;

namespace Keelson.Server.OpenApi;

/// <summary>
/// Turns a document's JSON into gnostic's protobuf messages: what the two versions have in common. Messages are written
/// backwards, so every method writes its fields highest number first.
/// </summary>
internal abstract class GnosticWriter
{
    protected ProtoBuffer Proto { get; } = new(1024 * 1024);

    /// <summary>A nested message.</summary>
    protected void Message(int field, JsonElement value, Action<JsonElement> write)
    {
        int mark = Proto.Length;
        write(value);
        Proto.Header(field, mark);
    }

    /// <summary>A nested message, if the object has that property.</summary>
    protected void Message(int field, JsonElement owner, string property, Action<JsonElement> write)
    {
        if (owner.TryGetProperty(property, out JsonElement value))
        {
            Message(field, value, write);
        }
    }

    /// <summary>An object with free keys as a message that holds name and value pairs in field 1.</summary>
    protected void Map(int field, JsonElement owner, string property, Action<JsonElement> write) =>
        Message(field, owner, property, map => Pairs(1, map, write));

    /// <summary>An object with free keys as name and value pairs.</summary>
    protected void Pairs(int field, JsonElement map, Action<JsonElement> write)
    {
        foreach (JsonProperty pair in map.EnumerateObject().Reverse())
        {
            Pair(field, pair, write);
        }
    }

    /// <summary>A name and value pair.</summary>
    protected void Pair(int field, JsonProperty pair, Action<JsonElement> write)
    {
        int mark = Proto.Length;
        Message(2, pair.Value, write);
        Proto.Field(1, pair.Name);
        Proto.Header(field, mark);
    }

    /// <summary>The properties that begin with x-.</summary>
    protected void Extensions(int field, JsonElement owner)
    {
        foreach (JsonProperty pair in owner.EnumerateObject().Reverse())
        {
            if (pair.Name.StartsWith("x-", StringComparison.Ordinal))
            {
                Pair(field, pair, Any);
            }
        }
    }

    /// <summary>Any value, as YAML, which its JSON is.</summary>
    protected void Any(JsonElement value) => Proto.Field(2, value.GetRawText() + "\n");

    /// <summary>A list of messages.</summary>
    protected void List(int field, JsonElement owner, string property, Action<JsonElement> write)
    {
        if (owner.TryGetProperty(property, out JsonElement list))
        {
            foreach (JsonElement value in list.EnumerateArray().Reverse())
            {
                Message(field, value, write);
            }
        }
    }

    /// <summary>A text, if there is one.</summary>
    protected void Text(int field, JsonElement owner, string property)
    {
        if (owner.TryGetProperty(property, out JsonElement value) && value.GetString() is { Length: > 0 } text)
        {
            Proto.Field(field, text);
        }
    }

    /// <summary>A list of texts.</summary>
    protected void Texts(int field, JsonElement owner, string property)
    {
        if (owner.TryGetProperty(property, out JsonElement list))
        {
            foreach (JsonElement value in list.EnumerateArray().Reverse())
            {
                Proto.Field(field, value.GetString());
            }
        }
    }

    /// <summary>A truth, if it is true.</summary>
    protected void Truth(int field, JsonElement owner, string property)
    {
        if (owner.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.True)
        {
            Proto.Field(field, 1L);
        }
    }

    /// <summary>A whole number, if there is one.</summary>
    protected void Whole(int field, JsonElement owner, string property)
    {
        if (owner.TryGetProperty(property, out JsonElement value) && value.TryGetInt64(out long number))
        {
            Proto.Field(field, number);
        }
    }

    /// <summary>A number, if there is one.</summary>
    protected void Number(int field, JsonElement owner, string property)
    {
        if (owner.TryGetProperty(property, out JsonElement value))
        {
            Proto.Field(field, (double?)value.GetDouble());
        }
    }

    /// <summary>
    /// Limits of values. Both versions number them in this order, from <paramref name="first"/> (multipleOf) on.
    /// </summary>
    protected void Limits(int first, JsonElement schema)
    {
        Whole(first + 12, schema, "minProperties");
        Whole(first + 11, schema, "maxProperties");
        Truth(first + 10, schema, "uniqueItems");
        Whole(first + 9, schema, "minItems");
        Whole(first + 8, schema, "maxItems");
        Text(first + 7, schema, "pattern");
        Whole(first + 6, schema, "minLength");
        Whole(first + 5, schema, "maxLength");
        Truth(first + 4, schema, "exclusiveMinimum");
        Number(first + 3, schema, "minimum");
        Truth(first + 2, schema, "exclusiveMaximum");
        Number(first + 1, schema, "maximum");
        Number(first, schema, "multipleOf");
    }

    /// <summary>True when the object is a reference; then <paramref name="reference"/> is what to.</summary>
    protected static bool IsReference(JsonElement value, out string reference)
    {
        reference = value.TryGetProperty("$ref", out JsonElement text) ? text.GetString()! : "";
        return reference.Length > 0;
    }
}
