using System.Buffers;

namespace Keelson.Machinery.Validation;

/// <summary>What texts may look like; each rule returns upstream's error texts, none when all is well.</summary>
public static partial class ContentRules
{
    private const string LabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainFormat = LabelFormat + "(\\." + LabelFormat + ")*";
    private const string Label1035Format = "[a-z]([-a-z0-9]*[a-z0-9])?";

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("-0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>RFC 1123 label: at most 63 of a-z, 0-9 and dashes within.</summary>
    public static IEnumerable<string> Dns1123Label(string value) =>
        value.Length <= 63 && IsLabel(value) ? [] : LabelErrors(value);

    /// <summary>RFC 1123 subdomain: labels joined by dots, at most 253 characters.</summary>
    public static IEnumerable<string> Dns1123Subdomain(string value) =>
        value.Length <= 253 && IsSubdomain(value) ? [] : SubdomainErrors(value);

    private static IEnumerable<string> LabelErrors(string value)
    {
        if (value.Length > 63)
        {
            yield return MaxLength(63);
        }

        if (!IsLabel(value))
        {
            yield return IsSubdomain(value)
                ? "must not contain dots"
                : RegexError("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character", LabelFormat, "my-name", "123-abc");
        }
    }

    private static IEnumerable<string> SubdomainErrors(string value)
    {
        if (value.Length > 253)
        {
            yield return MaxLength(253);
        }

        if (!IsSubdomain(value))
        {
            yield return RegexError("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character", SubdomainFormat, "example.com");
        }
    }

    /// <summary>RFC 1035 label: begins with a letter.</summary>
    public static IEnumerable<string> Dns1035Label(string value)
    {
        if (value.Length > 63)
        {
            yield return MaxLength(63);
        }

        if (!IsLabel(value) || !char.IsAsciiLetter(value[0]))
        {
            yield return RegexError("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character", Label1035Format, "my-name", "abc-123");
        }
    }

    /// <summary>Anything that can be one segment of a path.</summary>
    public static IEnumerable<string> PathSegment(string value)
    {
        if (value is "." or "..")
        {
            return [$"may not be '{value}'"];
        }

        return PathSegmentPrefix(value);
    }

    /// <summary>Anything that can begin a segment of a path.</summary>
    public static IEnumerable<string> PathSegmentPrefix(string value)
    {
        foreach (char forbidden in "/%")
        {
            if (value.Contains(forbidden, StringComparison.Ordinal))
            {
                yield return $"may not contain '{forbidden}'";
            }
        }
    }

    /// <summary>Upstream's text for a name that is too long.</summary>
    public static string MaxLength(int length) => $"must be no more than {length} characters";

    /// <summary>Upstream's text for a label's part that is too long; it counts the same bytes but says so.</summary>
    public static string MaxBytes(int length) => $"must be no more than {length} bytes";

    /// <summary>Upstream's text for a value that a pattern refuses.</summary>
    public static string RegexError(string message, string pattern, params ReadOnlySpan<string> examples)
    {
        if (examples.Length == 0)
        {
            return $"{message} (regex used for validation is '{pattern}')";
        }

        string text = message + " (e.g. ";
        for (int i = 0; i < examples.Length; i++)
        {
            text += (i > 0 ? " or " : "") + "'" + examples[i] + "', ";
        }

        return text + "regex used for validation is '" + pattern + "')";
    }

    /// <summary>What <see cref="LabelFormat"/> describes, of any length.</summary>
    private static bool IsLabel(ReadOnlySpan<char> value) =>
        value.Length > 0 && value[0] != '-' && value[^1] != '-' && !value.ContainsAnyExcept(LabelCharacters);

    /// <summary>What <see cref="SubdomainFormat"/> describes, of any length.</summary>
    private static bool IsSubdomain(ReadOnlySpan<char> value)
    {
        for (int dot = value.IndexOf('.'); dot >= 0; dot = value.IndexOf('.'))
        {
            if (!IsLabel(value[..dot]))
            {
                return false;
            }

            value = value[(dot + 1)..];
        }

        return IsLabel(value);
    }
}
