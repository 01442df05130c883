using System.Text;
using System.Text.Json;
using Keelson.Machinery.Values;

namespace Keelson.Server.Storage;

/// <summary>Where a stored object's metadata is.</summary>
/// <param name="Start">The offset of its opening brace.</param>
/// <param name="Managed">The offset of managedFields' name; -1 when there are none.</param>
/// <param name="ManagedValue">The offset of managedFields' value.</param>
/// <param name="ManagedEnd">The offset behind managedFields' value.</param>
/// <param name="End">The offset behind its closing brace.</param>
internal readonly record struct MetadataPlace(int Start, int Managed, int ManagedValue, int ManagedEnd, int End);

/// <summary>Reads single facts off a stored object's JSON without decoding all of it.</summary>
internal static class StoredJson
{
    /// <summary>The offset behind metadata.uid's value.</summary>
    public static int FindSplice(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        if (!EnterMetadata(ref reader))
        {
            throw NoMetadata(json);
        }

        int behind = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool before = reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("generateName"u8)
                || reader.ValueTextEquals("namespace"u8)
                    || reader.ValueTextEquals("selfLink"u8)
                    || reader.ValueTextEquals("uid"u8);
            if (!before)
            {
                break;
            }

            reader.Skip();
            behind = (int)reader.BytesConsumed;
        }

        return behind >= 0 ? behind : throw new InvalidDataException("A stored object has no name.");
    }

    /// <summary>Where the metadata is.</summary>
    public static MetadataPlace FindMetadata(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        if (!EnterMetadata(ref reader))
        {
            throw NoMetadata(json);
        }

        MetadataPlace place = new((int)reader.TokenStartIndex, -1, -1, -1, -1);
        int at = place.Start + 1;
        while (JsonSkip.Blanks(json, ref at) != (byte)'}')
        {
            int name = at;
            at = JsonSkip.Behind(json, at);
            bool isManaged = json[name..at].SequenceEqual("\"managedFields\""u8);
            JsonSkip.Past(json, ref at, (byte)':');
            int value = at;
            at = JsonSkip.Behind(json, at);
            if (isManaged)
            {
                place = place with { Managed = name, ManagedValue = value, ManagedEnd = at };
            }

            if (JsonSkip.Blanks(json, ref at) == (byte)',')
            {
                at++;
            }
        }

        return place with { End = at + 1 };
    }

    /// <summary>metadata.labels.</summary>
    public static ApiMap<string> ReadLabels(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        if (!EnterMetadata(ref reader))
        {
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("labels"u8))
            {
                reader.Skip();
                continue;
            }

            List<KeyValuePair<string, string>> labels = [];
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                reader.Read();
                labels.Add(new(key, reader.GetString()!));
            }

            return ApiMap<string>.FromUnsorted(labels);
        }

        return default;
    }

    private static bool EnterMetadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                return reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }

    private static InvalidDataException NoMetadata(ReadOnlySpan<byte> json) =>
        new("A stored object has no metadata: " + Encoding.UTF8.GetString(json[..Math.Min(200, json.Length)]));
}
