using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Apps.V1;

public sealed partial record ControllerRevision
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(ControllerRevision obj, FieldErrors errors)
    {
        errors.NonNegative(FieldPath.Of("revision"), obj.Revision);
        FieldPath data = FieldPath.Of("data");
        ReadOnlySpan<byte> json = obj.Data.AsSpan().TrimStart(" \t\r\n"u8);
        if (obj.Data.IsAbsent || json.SequenceEqual("null"u8))
        {
            errors.Required(data, "data is mandatory");
        }
        else if (json.Length == 0 || json[0] != (byte)'{')
        {
            errors.Required(data, "data must be a valid JSON object");
        }
    }

    /// <summary>
    /// Only the revision's number and the metadata may change; the data is compared byte by byte, as upstream does.
    /// </summary>
    public static void ValidateUpdate(ControllerRevision obj, ControllerRevision old, FieldErrors errors)
    {
        errors.NonNegative(FieldPath.Of("revision"), obj.Revision);
        if (obj.Data != old.Data)
        {
            errors.InvalidRaw(FieldPath.Of("data"), Compact(obj.Data), WorkloadRules.ImmutableText);
        }
    }

    private static string Compact(RawJson data)
    {
        if (data.IsAbsent)
        {
            return "null";
        }

        Utf8JsonReader reader = new(data.AsSpan());
        reader.Read();
        JsonBuffer json = new();
        json.Copy(ref reader);
        return Encoding.UTF8.GetString(json.Written);
    }
}
