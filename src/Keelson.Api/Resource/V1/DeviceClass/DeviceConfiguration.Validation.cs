using System.Text.Json;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Cel;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>The rules on selectors and configurations, which classes and claims share.</summary>
internal static class DeviceConfigurationRules
{
    public const int SelectorsMaxCount = 32;
    public const int ConfigMaxCount = 32;
    public const int RawMaxLength = 10 * 1024;
    private const int ExpressionMaxLength = 10 * 1024;

    private static readonly Dictionary<string, string> ExpressionTypes = new(StringComparer.Ordinal)
    {
        ["device"] = "",
        ["device.driver"] = "string",
        ["device.allowMultipleAllocations"] = "bool",
    };

    public static void Validate(DeviceSelector selector, FieldPath path, FieldErrors errors)
    {
        if (selector.Cel is null)
        {
            errors.Required(path.Child("cel"), "");
        }
        else if (selector.Cel.Expression.Length > ExpressionMaxLength)
        {
            errors.TooLong(path.Child("cel").Child("expression"), ExpressionMaxLength);
        }
        else
        {
            ValidateExpression(selector.Cel.Expression, path.Child("cel").Child("expression"), errors);
        }
    }

    private static void ValidateExpression(string expression, FieldPath path, FieldErrors errors)
    {
        if (!CelProgram.TryCheck(expression, ExpressionTypes, out string? type, out string? error))
        {
            errors.Invalid(path, expression, "compilation failed: " + error);
        }
        else if (type is not (null or "bool" or "dyn"))
        {
            errors.Invalid(path, expression, "must evaluate to bool or the unknown type, not " + type);
        }
    }

    public static void Validate(DeviceConfiguration config, FieldPath path, FieldErrors errors, bool stored = false)
    {
        FieldPath opaque = path.Child("opaque");
        if (config.Opaque is null)
        {
            errors.Required(opaque, "");
            return;
        }

        StorageRules.ValidateDriverName(config.Opaque.Driver, opaque.Child("driver"), errors);
        ValidateObject(config.Opaque.Parameters, opaque.Child("parameters"), errors, stored);
    }

    /// <summary>Raw JSON that must be an object of bounded size; what is stored already may be longer.</summary>
    public static void ValidateObject(RawJson raw, FieldPath path, FieldErrors errors, bool stored = false)
    {
        if (raw.AsSpan().Length == 0 || raw.AsSpan().SequenceEqual("null"u8))
        {
            errors.Required(path, "");
        }
        else if (!stored && raw.AsSpan().Length > RawMaxLength)
        {
            errors.TooLong(path, RawMaxLength);
        }
        else
        {
            Utf8JsonReader reader = new(raw.AsSpan());
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                errors.Invalid(path, "<value omitted>", "must be a valid JSON object");
            }
        }
    }
}
