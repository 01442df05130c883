using System.Globalization;

namespace Keelson.Machinery.Yaml;

/// <summary>
/// Floating point numbers as Go's YAML library prints them: shortest digits, an exponent from 1e6 on.
/// </summary>
internal static class GoFloat
{
    /// <summary>The shortest text that reads back as the same 64 bits.</summary>
    public static string Format(double value) =>
        Format(value.ToString("E16", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>The shortest text that reads back as the same 32 bits.</summary>
    public static string Format(float value) =>
        Format(value.ToString("E8", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>
    /// Lays out the digits of <paramref name="shortest"/>; <paramref name="scientific"/> gives the exponent.
    /// </summary>
    private static string Format(string scientific, string shortest)
    {
        switch (shortest)
        {
            case "NaN":
                return ".nan";
            case "Infinity":
                return ".inf";
            case "-Infinity":
                return "-.inf";
        }

        int at = scientific.IndexOf('E', StringComparison.Ordinal);
        int exponent =
            int.Parse(scientific.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = shortest.StartsWith('-') ? "-" : "";
        string digits = new string([.. shortest.TakeWhile(static one => one != 'E').Where(char.IsAsciiDigit)])
            .TrimStart('0').TrimEnd('0');
        if (digits.Length == 0)
        {
            return sign + "0";
        }

        if (exponent is < -4 or >= 6)
        {
            string mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return string.Create(CultureInfo.InvariantCulture,
                $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + digits;
        }

        string whole = digits.Length > exponent ? digits[..(exponent + 1)] : digits.PadRight(exponent + 1, '0');
        string fraction = digits.Length > exponent + 1 ? "." + digits[(exponent + 1)..] : "";
        return sign + whole + fraction;
    }
}
