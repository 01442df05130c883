using System.Text.RegularExpressions;

namespace Keelson.Machinery.Validation;

/// <summary>Domain names, domain-prefixed paths and identifiers.</summary>
public static partial class ContentRules
{
    private const string WildcardFormat = "\\*\\." + SubdomainFormat;
    private const string HttpPathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
    private const string CIdentifierFormat = "[A-Za-z_][A-Za-z0-9_]*";

    /// <summary>A DNS subdomain whose first label is a star: <c>*.example.com</c>.</summary>
    public static IEnumerable<string> WildcardDns1123Subdomain(string value)
    {
        if (value.Length > SubdomainMaxLength)
        {
            yield return MaxLength(SubdomainMaxLength);
        }

        if (!value.StartsWith("*.", StringComparison.Ordinal) || !IsSubdomain(value.AsSpan(2)))
        {
            yield return RegexError(
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
                WildcardFormat,
                "*.example.com");
        }
    }

    /// <summary>An identifier as C has it.</summary>
    public static IEnumerable<string> CIdentifier(string value)
    {
        if (!CIdentifierPattern().IsMatch(value))
        {
            yield return RegexError(
                "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
                CIdentifierFormat,
                "my_name",
                "MY_NAME",
                "MyName");
        }
    }

    /// <summary>A domain of at least three segments: the name of a webhook.</summary>
    public static void FullyQualifiedName(string value, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        string problems = string.Join(",", Dns1123Subdomain(value));
        if (problems.Length > 0)
        {
            errors.Invalid(path, value, problems);
        }
        else if (value.Split('.').Length < 3)
        {
            errors.Invalid(path, value, "should be a domain with at least three segments separated by dots");
        }
    }

    /// <summary>A domain of at least two segments; a dot may end it.</summary>
    public static void FullyQualifiedDomainName(string value, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        string name = value.EndsWith('.') ? value[..^1] : value;
        string problems = string.Join(",", Dns1123Subdomain(name));
        if (problems.Length > 0)
        {
            errors.Invalid(path, name, problems);
            return;
        }

        string[] labels = name.Split('.');
        if (labels.Length < 2)
        {
            errors.Invalid(path, name, "should be a domain with at least two segments separated by dots");
            return;
        }

        foreach (string label in labels)
        {
            problems = string.Join(",", Dns1123Label(label));
            if (problems.Length > 0)
            {
                errors.Invalid(path, label, problems);
            }
        }
    }

    /// <summary>A domain, a slash and a path: <c>example.com/controller</c>.</summary>
    public static void DomainPrefixedPath(string value, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        int slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == value.Length - 1)
        {
            errors.Invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }

        foreach (string message in Dns1123Subdomain(value[..slash]))
        {
            errors.Invalid(path, value[..slash], message);
        }

        string rest = value[(slash + 1)..];
        if (!HttpPathPattern().IsMatch(rest))
        {
            errors.Invalid(path, rest, RegexError("Invalid path", HttpPathFormat));
        }
    }

    [GeneratedRegex("\\A" + HttpPathFormat + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex HttpPathPattern();

    [GeneratedRegex("\\A" + CIdentifierFormat + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex CIdentifierPattern();
}
