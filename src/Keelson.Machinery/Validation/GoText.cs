using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Validation;

/// <summary>Renders values the way Go's formatting verbs do where clients see the result in an error text.</summary>
public static class GoText
{
    /// <summary><c>%q</c>: double quotes, with control characters, quotes and backslashes escaped.</summary>
    public static string Quote(string value)
    {
        StringBuilder text = new("\"", value.Length + 2);
        foreach (Rune rune in value.EnumerateRunes())
        {
            Append(text, rune);
        }

        return text.Append('"').ToString();
    }

    /// <summary><c>[]string{"a", "b"}</c>, Go's <c>%#v</c> of a list of texts.</summary>
    public static string StringSlice(IEnumerable<string> values) =>
        "[]string{" + string.Join(", ", values.Select(Quote)) + "}";

    private static void Append(StringBuilder text, Rune rune)
    {
        string? escape = rune.Value switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\a' => "\\a",
            '\b' => "\\b",
            '\f' => "\\f",
            '\v' => "\\v",
            < 0x20 or 0x7f => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            _ => null,
        };
        if (escape is not null)
        {
            text.Append(escape);
        }
        else if (IsPrintable(rune))
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append(rune.Value > 0xffff
                ? string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}")
                : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
        }
    }

    /// <summary>True for what Go prints as it is.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator);
}
