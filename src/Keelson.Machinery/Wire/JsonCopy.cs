using System.Text.Json;
using System.Text.Unicode;

namespace Keelson.Machinery.Wire;

/// <summary>Copies JSON token by token.</summary>
public static class JsonCopy
{
    /// <summary>Copies the value a reader stands on, compacted; leaves the reader on its last token.</summary>
    public static void Copy(this JsonBuffer json, ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        while (true)
        {
            CopyToken(json, ref reader);
            if (reader.CurrentDepth == depth
                && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray
                    or JsonTokenType.PropertyName))
            {
                return;
            }

            reader.Read();
        }
    }

    private static void CopyToken(JsonBuffer json, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                json.Separate();
                json.Open();
                break;
            case JsonTokenType.EndObject:
                json.Close();
                break;
            case JsonTokenType.StartArray:
                json.Separate();
                json.OpenList();
                break;
            case JsonTokenType.EndArray:
                json.CloseList();
                break;
            case JsonTokenType.PropertyName:
                json.Separate();
                CopyText(json, ref reader);
                json.Raw((byte)':');
                break;
            case JsonTokenType.String:
                json.Separate();
                CopyText(json, ref reader);
                break;
            default:
                json.Separate();
                json.Raw(reader.ValueSpan);
                break;
        }
    }

    private static void CopyText(JsonBuffer json, ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || !Utf8.IsValid(reader.ValueSpan))
        {
            json.Value(ApiStrings.Read(ref reader));
            return;
        }

        json.Raw((byte)'"');
        json.Raw(reader.ValueSpan);
        json.Raw((byte)'"');
    }
}
