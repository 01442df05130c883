using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Wire;

/// <summary>Base64 as Go decodes it: line breaks are skipped, and an error names the offending byte.</summary>
internal static class GoBase64
{
    public static byte[] Decode(string text)
    {
        int illegal = FirstIllegal(text);
        if (illegal >= 0)
        {
            throw new DecodeException(string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {illegal}"));
        }

        return Convert.FromBase64String(text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
    }

    /// <summary>
    /// The offset of the first byte that breaks the encoding, -1 when all is well. Padding that is missing is reported
    /// at the end, padding too early at itself, as Go does.
    /// </summary>
    private static int FirstIllegal(string text)
    {
        int digits = 0;
        int i = 0;
        for (; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\r' or '\n')
            {
                continue;
            }

            if (char.IsAsciiLetterOrDigit(c) || c is '+' or '/')
            {
                digits++;
                continue;
            }

            if (c != '=' || digits % 4 < 2)
            {
                return i;
            }

            return CheckPadding(text, i, digits % 4);
        }

        // Go reports an incomplete last quantum at the position where that quantum began to lack digits.
        return digits % 4 == 0 ? -1 : text.Length - (digits % 4);
    }

    private static int CheckPadding(string text, int first, int digitsInQuantum)
    {
        int wanted = 4 - digitsInQuantum;
        int seen = 0;
        for (int i = first; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\r' or '\n')
            {
                continue;
            }

            if (c != '=' || seen == wanted)
            {
                return i;
            }

            seen++;
        }

        return seen == wanted ? -1 : text.Length;
    }
}

/// <summary>The error of Go's <c>time.Parse</c>, naming the first part of the layout that the text misses.</summary>
internal static class GoTimeErrors
{
    private static readonly (string Layout, int Length)[] Parts =
    [
        ("2006", 4), ("-", 1), ("01", 2), ("-", 1), ("02", 2), ("T", 1), ("15", 2), (":", 1), ("04", 2), (":", 1), ("05", 2),
    ];

    public static string Describe(string text, string layout)
    {
        string quoted = GoText.Quote(text);
        string Error(string rest, string part) =>
            $"parsing time {quoted} as {GoText.Quote(layout)}: cannot parse {GoText.Quote(rest)} as {GoText.Quote(part)}";

        int at = 0;
        foreach ((string part, int length) in Parts)
        {
            string rest = text[at..];
            bool literal = !char.IsAsciiDigit(part[0]);
            if (rest.Length < length || (literal ? rest[0] != part[0] : !rest.AsSpan(0, length).ContainsOnlyDigits()))
            {
                return Error(rest, part);
            }

            if (!literal && OutOfRange(part, int.Parse(rest.AsSpan(0, length), CultureInfo.InvariantCulture)) is { } name)
            {
                return $"parsing time {quoted}: {name} out of range";
            }

            at += length;
        }

        if (layout.Contains(".000000", StringComparison.Ordinal))
        {
            if (!Rfc3339.HasMicroseconds(text))
            {
                return Error(text[at..], ".000000");
            }

            at = Rfc3339.MicrosecondsEnd;
            if (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                return Error(text[at..], "Z07:00");
            }
        }

        string zone = text[at..].TrimStart('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return zone is "Z" ? $"parsing time {quoted}: day out of range" : Error(zone, "Z07:00");
    }

    private static string? OutOfRange(string part, int value) => part switch
    {
        "01" when value is < 1 or > 12 => "month",
        "02" when value is < 1 or > 31 => "day",
        "15" when value > 23 => "hour",
        "04" when value > 59 => "minute",
        "05" when value > 59 => "second",
        _ => null,
    };

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
