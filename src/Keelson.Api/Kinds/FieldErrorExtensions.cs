using Keelson.Machinery.Validation;

namespace Keelson.Api.Kinds;

/// <summary>Adds the errors that a content rule found.</summary>
public static class FieldErrorExtensions
{
    /// <summary>An "Invalid value" for each message; the path is only built when there is one.</summary>
    public static void Invalid(this FieldErrors errors, IEnumerable<string> messages, FieldPath parent, string field, string value)
    {
        if (messages is string[] { Length: 0 })
        {
            return;
        }

        foreach (string message in messages)
        {
            errors.Invalid(parent.Child(field), value, message);
        }
    }

    /// <summary>An "Invalid value" for each message.</summary>
    public static void Invalid(this FieldErrors errors, IEnumerable<string> messages, FieldPath? path, string value)
    {
        if (messages is string[] { Length: 0 })
        {
            return;
        }

        foreach (string message in messages)
        {
            errors.Invalid(path, value, message);
        }
    }

    /// <summary>An "Invalid value" of a number for each message.</summary>
    public static void Invalid(this FieldErrors errors, IEnumerable<string> messages, FieldPath? path, long value)
    {
        if (messages is string[] { Length: 0 })
        {
            return;
        }

        foreach (string message in messages)
        {
            errors.Invalid(path, value, message);
        }
    }
}
