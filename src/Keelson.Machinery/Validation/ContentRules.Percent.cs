using System.Text.RegularExpressions;

namespace Keelson.Machinery.Validation;

public static partial class ContentRules
{
    private const string PercentFormat = "[0-9]+%";

    /// <summary>A whole number and a percent sign.</summary>
    public static IEnumerable<string> Percent(string value)
    {
        if (!PercentPattern().IsMatch(value))
        {
            yield return RegexError(
                "a valid percent string must be a numeric string followed by an ending '%'", PercentFormat, "1%", "93%");
        }
    }

    [GeneratedRegex("\\A" + PercentFormat + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PercentPattern();
}
