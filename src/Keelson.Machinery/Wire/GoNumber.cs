using System.Globalization;

namespace Keelson.Machinery.Wire;

/// <summary>Floating point numbers as Go prints them.</summary>
internal static class GoNumber
{
    /// <summary>The shortest form that reads back the same, with an exponent below 1e-6 and from 1e21 on.</summary>
    public static string Format(double number)
    {
        if (number == 0)
        {
            return double.IsNegative(number) ? "-0" : "0";
        }

        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        double size = Math.Abs(number);
        if (size is < 1e-6 or >= 1e21)
        {
            return Exponent(shortest.Contains('E', StringComparison.Ordinal)
                ? shortest
                : number.ToString("E16", CultureInfo.InvariantCulture));
        }

        return decimal.TryParse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact)
            ? exact.ToString(CultureInfo.InvariantCulture)
            : number.ToString("F0", CultureInfo.InvariantCulture);
    }

    /// <summary>.NET writes 1.5E-007, Go 1.5e-07: at least two exponent digits, no trailing zeros.</summary>
    private static string Exponent(string text)
    {
        int at = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = text[..at];
        if (mantissa.Contains('.', StringComparison.Ordinal))
        {
            mantissa = mantissa.TrimEnd('0').TrimEnd('.');
        }

        int exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string digits = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{digits}";
    }
}
