using System.Text.RegularExpressions;

namespace Keelson.Machinery.Validation;

public static partial class ContentRules
{
    private const string PercentFormat = "[0-9]+%";
    private const string HttpPathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

    /// <summary>A whole number and a percent sign.</summary>
    public static IEnumerable<string> Percent(string value)
    {
        if (!PercentPattern().IsMatch(value))
        {
            yield return RegexError(
                "a valid percent string must be a numeric string followed by an ending '%'", PercentFormat, "1%", "93%");
        }
    }

    /// <summary>A domain, a slash and a path, such as <c>acme.io/foo</c>; errors name the part that is wrong.</summary>
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

        string host = value[..slash];
        foreach (string detail in Dns1123Subdomain(host))
        {
            errors.Invalid(path, host, detail);
        }

        string rest = value[(slash + 1)..];
        if (!HttpPathPattern().IsMatch(rest))
        {
            errors.Invalid(path, rest, RegexError("Invalid path", HttpPathFormat));
        }
    }

    [GeneratedRegex("\\A" + PercentFormat + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PercentPattern();

    [GeneratedRegex("\\A" + HttpPathFormat + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex HttpPathPattern();
}
