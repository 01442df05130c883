namespace Keelson.Machinery.Validation;

/// <summary>Names made of an optional DNS prefix and a name part, label values, keys, ports and environment variables.</summary>
public static partial class ContentRules
{
    private const string QualifiedNameFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string UnderscoreLabelFormat = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    private const int NameMaxLength = 63;
    private const int SubdomainMaxLength = 253;

    private static readonly string QualifiedNameError = RegexError(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        QualifiedNameFormat,
        "MyName",
        "my.name",
        "123-abc");

    private static readonly string LabelValueError = RegexError(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        "(" + QualifiedNameFormat + ")?",
        "MyValue",
        "my_value",
        "12345");

    /// <summary>A name of at most 63 characters, with or without a DNS subdomain and a slash before it: label keys.</summary>
    public static IEnumerable<string> QualifiedName(string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> name = value.AsSpan(slash + 1);
        return name.Length is > 0 and <= NameMaxLength && IsNamePart(name) && IsPrefix(value, slash)
            ? []
            : QualifiedNameErrors(value);
    }

    /// <summary>A label's value: empty or a name part.</summary>
    public static IEnumerable<string> LabelValue(string value)
    {
        if (value.Length == 0 || (value.Length <= NameMaxLength && IsNamePart(value)))
        {
            return [];
        }

        List<string> errors = [];
        if (value.Length > NameMaxLength)
        {
            errors.Add(MaxBytes(NameMaxLength));
        }

        if (!IsNamePart(value))
        {
            errors.Add(LabelValueError);
        }

        return errors;
    }

    /// <summary>A DNS subdomain whose labels may contain and begin with underscores: search domains.</summary>
    public static IEnumerable<string> Dns1123SubdomainWithUnderscore(string value)
    {
        if (value.Length > SubdomainMaxLength)
        {
            yield return MaxLength(SubdomainMaxLength);
        }

        foreach (string label in value.Split('.'))
        {
            if (!IsUnderscoreLabel(label.StartsWith('_') ? label.AsSpan(1) : label))
            {
                yield return RegexError(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
                    UnderscoreLabelFormat + "(\\." + UnderscoreLabelFormat + ")*",
                    "example.com");
                yield break;
            }
        }
    }

    /// <summary>A key of a config map or secret.</summary>
    public static IEnumerable<string> ConfigMapKey(string value)
    {
        if (value.Length > SubdomainMaxLength)
        {
            yield return MaxLength(SubdomainMaxLength);
        }

        if (value.Length == 0 || !OnlyAscii(value, "-._"))
        {
            yield return RegexError(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                "[-._a-zA-Z0-9]+",
                "key.name",
                "KEY_NAME",
                "key-name");
        }

        if (value is "." or "..")
        {
            yield return $"must not be '{value}'";
        }
        else if (value.StartsWith("..", StringComparison.Ordinal))
        {
            yield return "must not start with '..'";
        }
    }

    /// <summary>An environment variable's name: printable ASCII without an equals sign.</summary>
    public static IEnumerable<string> EnvVarName(string value)
    {
        if (value.Length == 0)
        {
            return ["environment variable name must be non-empty"];
        }

        return value.AsSpan().ContainsAnyExceptInRange(' ', '~') || value.Contains('=', StringComparison.Ordinal)
            ? ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
            : [];
    }

    /// <summary>A header's name in HTTP.</summary>
    public static IEnumerable<string> HttpHeaderName(string value) =>
        value.Length > 0 && OnlyAscii(value, "-")
            ? []
            : [RegexError("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name")];

    /// <summary>A port's name (IANA service name).</summary>
    public static IEnumerable<string> PortName(string value)
    {
        if (value.Length > 15)
        {
            yield return MaxLength(15);
        }

        if (value.Length == 0 || value.AsSpan().ContainsAnyExcept("-abcdefghijklmnopqrstuvwxyz0123456789"))
        {
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        }

        if (!value.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            yield return "must contain at least one letter (a-z)";
        }

        if (value.Contains("--", StringComparison.Ordinal))
        {
            yield return "must not contain consecutive hyphens";
        }

        if (value is ['-', ..] or [.., '-'])
        {
            yield return "must not begin or end with a hyphen";
        }
    }

    /// <summary>A port's number.</summary>
    public static IEnumerable<string> PortNumber(long value) => InRange(value, 1, 65535);

    /// <summary>The reason of a condition; its length is not checked here.</summary>
    public static IEnumerable<string> ConditionReason(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && OnlyAscii(value, "_,:") && value[^1] is not (',' or ':')
            ? []
            : [RegexError(
                "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
                "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?",
                "my_name",
                "MY_NAME",
                "MyName",
                "ReasonA,ReasonB",
                "ReasonA:ReasonB")];

    /// <summary>A user's or group's number.</summary>
    public static IEnumerable<string> UserId(long value) => InRange(value, 0, int.MaxValue);

    /// <summary>A number between two bounds, both allowed.</summary>
    public static IEnumerable<string> InRange(long value, long minimum, long maximum) =>
        value >= minimum && value <= maximum ? [] : [InclusiveRange(minimum, maximum)];

    /// <summary>Upstream's text for a number that is out of bounds.</summary>
    public static string InclusiveRange(long minimum, long maximum) => $"must be between {minimum} and {maximum}, inclusive";

    private static List<string> QualifiedNameErrors(string value)
    {
        string[] parts = value.Split('/');
        if (parts.Length > 2)
        {
            return ["a valid label key " + QualifiedNameError + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        }

        List<string> errors = [];
        if (parts.Length == 2)
        {
            IEnumerable<string> prefix = parts[0].Length == 0 ? ["must be non-empty"] : Dns1123Subdomain(parts[0]);
            errors.AddRange(prefix.Select(one => "prefix part " + (one == MaxLength(SubdomainMaxLength) ? MaxBytes(SubdomainMaxLength) : one)));
        }

        string name = parts[^1];
        if (name.Length == 0)
        {
            errors.Add("name part must be non-empty");
        }
        else if (name.Length > NameMaxLength)
        {
            errors.Add("name part " + MaxBytes(NameMaxLength));
        }

        if (!IsNamePart(name))
        {
            errors.Add("name part " + QualifiedNameError);
        }

        return errors;
    }

    private static bool IsNamePart(ReadOnlySpan<char> value) =>
        value.Length > 0 && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1]) && OnlyAscii(value, "-_.");

    private static bool OnlyAscii(ReadOnlySpan<char> value, string besidesLettersAndDigits)
    {
        foreach (char one in value)
        {
            if (!char.IsAsciiLetterOrDigit(one) && !besidesLettersAndDigits.Contains(one, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>No prefix at all, or a subdomain before the slash.</summary>
    private static bool IsPrefix(string value, int slash) =>
        slash < 0 || (slash <= SubdomainMaxLength && IsSubdomain(value.AsSpan(0, slash)));

    private static bool IsUnderscoreLabel(ReadOnlySpan<char> value) =>
        value.Length > 0 && IsLowerOrDigit(value[0]) && IsLowerOrDigit(value[^1])
        && !value.ContainsAnyExcept("-_abcdefghijklmnopqrstuvwxyz0123456789");

    private static bool IsLowerOrDigit(char one) => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one);
}
