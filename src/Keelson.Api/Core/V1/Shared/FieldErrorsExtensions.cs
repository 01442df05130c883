using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>Shorthand for the checks that most fields go through.</summary>
internal static class FieldErrorsExtensions
{
    /// <summary>One error for each text that a content rule returned.</summary>
    public static void InvalidEach(this FieldErrors errors, FieldPath path, string value, IEnumerable<string> details)
    {
        foreach (string detail in details)
        {
            errors.Invalid(path, value, detail);
        }
    }

    /// <summary>One error for each text that a content rule returned.</summary>
    public static void InvalidEach(this FieldErrors errors, FieldPath path, long value, IEnumerable<string> details)
    {
        foreach (string detail in details)
        {
            errors.Invalid(path, value, detail);
        }
    }

    /// <summary>A text that must not be empty.</summary>
    public static void RequireText(this FieldErrors errors, FieldPath path, string field, string value)
    {
        if (value.Length == 0)
        {
            errors.Required(path.Child(field), "");
        }
    }

    /// <summary>A text that must be a DNS label.</summary>
    public static void Label(this FieldErrors errors, FieldPath path, string value) =>
        errors.InvalidEach(path, value, ContentRules.Dns1123Label(value));

    /// <summary>A text that must be a DNS subdomain.</summary>
    public static void Subdomain(this FieldErrors errors, FieldPath path, string value) =>
        errors.InvalidEach(path, value, ContentRules.Dns1123Subdomain(value));

    /// <summary>A number that must not be negative.</summary>
    public static void Nonnegative(this FieldErrors errors, FieldPath path, string field, long value)
    {
        if (value < 0)
        {
            errors.Invalid(path.Child(field), value, ResourceRules.NegativeError);
        }
    }

    /// <summary>A text that must be one of a few.</summary>
    public static void OneOf(
        this FieldErrors errors, FieldPath path, string? value, params ReadOnlySpan<string> supported)
    {
        if (value is not null && !supported.Contains(value))
        {
            errors.NotSupported(path, value, supported);
        }
    }

    /// <summary>An error about the whole object, at the path that upstream makes of an empty name.</summary>
    public static void ForbiddenNowhere(this FieldErrors errors, string detail) =>
        errors.Add(new(FieldErrorReason.FieldValueForbidden, "[]", "Forbidden: " + detail));
}
