using System.Text;
using System.Text.Json;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Server.Storage;

/// <summary>
/// Reads managed fields off an object's stored JSON. The server wrote them, so there are few texts in them and the rest
/// is copied; what is unusual is left to the decoder.
/// </summary>
internal static class StoredManagedFields
{
    /// <summary>Reads the list.</summary>
    public static ApiList<ManagedFieldsEntry> Read(ReadOnlySpan<byte> json)
    {
        if (TryRead(json, out ApiList<ManagedFieldsEntry> entries))
        {
            return entries;
        }

        JsonDecoder decoder = new(json);
        return decoder.ReadList<ManagedFieldsEntry>("v1.ManagedFieldsEntry");
    }

    private static bool TryRead(ReadOnlySpan<byte> json, out ApiList<ManagedFieldsEntry> entries)
    {
        entries = default;
        if (json is not [(byte)'[', ..])
        {
            return false;
        }

        List<ManagedFieldsEntry> read = new(4);
        int at = 1;
        while (JsonSkip.Blanks(json, ref at) is var next && next != (byte)']')
        {
            if (next != (byte)'{' || !TryReadEntry(json, ref at, out ManagedFieldsEntry entry))
            {
                return false;
            }

            read.Add(entry);
            SkipComma(json, ref at);
        }

        entries = new([.. read]);
        return true;
    }

    private static bool TryReadEntry(ReadOnlySpan<byte> json, ref int at, out ManagedFieldsEntry entry)
    {
        (string manager, string operation, string version, string type, string subresource) = ("", "", "", "", "");
        Time? time = null;
        RawJson fields = default;
        entry = ManagedFieldsEntry.Empty;
        at++;
        while (JsonSkip.Blanks(json, ref at) != (byte)'}')
        {
            int start = at;
            at = JsonSkip.Behind(json, at);
            ReadOnlySpan<byte> name = json[start..at];
            JsonSkip.Past(json, ref at, (byte)':');
            start = at;
            at = JsonSkip.Behind(json, at);
            ReadOnlySpan<byte> value = json[start..at];
            bool isRead = name switch
            {
                _ when name.SequenceEqual("\"manager\""u8) => TryText(value, out manager),
                _ when name.SequenceEqual("\"operation\""u8) => TryText(value, out operation),
                _ when name.SequenceEqual("\"apiVersion\""u8) => TryText(value, out version),
                _ when name.SequenceEqual("\"time\""u8) => TryTime(value, out time),
                _ when name.SequenceEqual("\"fieldsType\""u8) => TryText(value, out type),
                _ when name.SequenceEqual("\"fieldsV1\""u8) => TryRaw(value, out fields),
                _ when name.SequenceEqual("\"subresource\""u8) => TryText(value, out subresource),
                _ => false,
            };
            if (!isRead)
            {
                return false;
            }

            SkipComma(json, ref at);
        }

        at++;
        entry = new()
        {
            Manager = manager,
            Operation = operation,
            ApiVersion = version,
            Time = time,
            FieldsType = type,
            FieldsV1 = fields,
            Subresource = subresource,
        };
        return true;
    }

    private static void SkipComma(ReadOnlySpan<byte> json, ref int at)
    {
        if (JsonSkip.Blanks(json, ref at) == (byte)',')
        {
            at++;
        }
    }

    private static bool TryText(ReadOnlySpan<byte> value, out string text)
    {
        bool isPlain = value is [(byte)'"', .., (byte)'"'] && !value.Contains((byte)'\\');
        text = isPlain ? ApiStrings.Get(value[1..^1]) ?? Encoding.UTF8.GetString(value[1..^1]) : "";
        return isPlain;
    }

    private static bool TryTime(ReadOnlySpan<byte> value, out Time? time)
    {
        time = null;
        Span<char> text = stackalloc char[40];
        if (value.Length > text.Length || value is not [(byte)'"', .., (byte)'"'])
        {
            return false;
        }

        int length = Encoding.ASCII.GetChars(value[1..^1], text);
        bool isTime = Time.TryParse(text[..length], out Time read);
        time = isTime ? read : null;
        return isTime;
    }

    private static bool TryRaw(ReadOnlySpan<byte> value, out RawJson raw)
    {
        bool isObject = value is [(byte)'{', ..] && !value.ContainsAny("\t\r\n"u8);
        raw = isObject ? new(value.ToArray()) : default;
        return isObject;
    }
}
