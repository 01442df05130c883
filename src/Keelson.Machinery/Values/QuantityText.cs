using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Keelson.Machinery.Values;

/// <summary>The text form of quantities: upstream's grammar with its leniencies, and its canonical output.</summary>
internal static class QuantityText
{
    private const long Giga = 1_000_000_000;

    private static readonly Quantity One = Quantity.FromValue(1);

    /// <summary>Amounts of this many digits and no rounding take upstream's fast path, which has no cap.</summary>
    private const int MaxInt64Digits = 18;

    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>Upstream cuts binary amounts at 2^63-1 units.</summary>
    private static readonly Quantity LargestBinary = Quantity.FromValue(long.MaxValue);

    /// <summary>
    /// Texts printed lately. Clusters print the same few amounts all day (requests, limits, capacities), so this saves
    /// most of the strings. A lost race costs one more.
    /// </summary>
    private static readonly Printed?[] Cache = new Printed?[1024];

    public static bool TryParse(ReadOnlySpan<char> text, out Quantity quantity, [NotNullWhen(false)] out string? error)
    {
        quantity = default;
        if (!TrySplit(text, out Parts parts))
        {
            error = Quantity.FormatError;
            return false;
        }

        if (!TrySuffix(parts.Suffix, out int shift, out int exponent, out QuantityFormat format))
        {
            error = "unable to parse quantity's suffix";
            return false;
        }

        if (parts.HasNoDigits && exponent - parts.FractionDigits < -9)
        {
            error = "unable to parse numeric part of quantity";
            return false;
        }

        bool isCut = format == QuantityFormat.BinarySI
            && (parts.FractionDigits > 0 || !FitsBinaryFastPath(parts, shift));
        Quantity amount = Scale(parts, shift, exponent - parts.FractionDigits + 9);
        if (isCut)
        {
            amount = amount > LargestBinary ? LargestBinary : amount;
            format = amount.Sign > 0 && amount < One ? QuantityFormat.DecimalSI : format;
        }

        quantity = (parts.IsNegative ? amount.Negated() : amount).In(format);
        error = null;
        return true;
    }

    public static string Print(Quantity quantity)
    {
        if (quantity.IsZero)
        {
            return "0";
        }

        // Fibonacci hashing: the top 10 bits of the product pick one of 1,024 slots.
        ulong mixed = unchecked((quantity.Folded ^ (ulong)quantity.Format) * 0x9E3779B97F4A7C15);
        int slot = (int)(mixed >> 54);
        Printed? known = Volatile.Read(ref Cache[slot]);
        if (known is not null && known.Amount == quantity && known.Amount.Format == quantity.Format)
        {
            return known.Text;
        }

        string sign = quantity.Sign < 0 ? "-" : "";
        string text = sign + (quantity.TryGetNanos(out long nanos) && nanos != long.MinValue
            ? PrintAfresh(Math.Abs(nanos), quantity.Format)
            : PrintAfresh(BigInteger.Abs(quantity.Nanos), quantity.Format));
        Volatile.Write(ref Cache[slot], new(quantity, text));
        return text;
    }

    /// <summary>Prints nano units, whatever numbers they are counted in.</summary>
    private static string PrintAfresh<T>(T size, QuantityFormat format)
        where T : struct, IBinaryInteger<T>
    {
        T giga = T.CreateChecked(Giga);
        T kibi = T.CreateChecked(1024);
        if (format == QuantityFormat.BinarySI && size >= giga * kibi && size % giga == T.Zero)
        {
            // Fractions and amounts below 1024 print in decimal form, to lose nothing.
            T units = size / giga;
            int binary = 0;
            while (binary < BinarySuffixes.Length - 1 && units % kibi == T.Zero)
            {
                units /= kibi;
                binary++;
            }

            return units.ToString(null, CultureInfo.InvariantCulture) + BinarySuffixes[binary];
        }

        int power = 0;
        T thousand = T.CreateChecked(1000);
        while (power < DecimalSuffixes.Length - 1 && size % thousand == T.Zero)
        {
            size /= thousand;
            power++;
        }

        string suffix = format == QuantityFormat.DecimalExponent && power != 3
            ? string.Create(CultureInfo.InvariantCulture, $"e{(power - 3) * 3}")
            : DecimalSuffixes[power];
        return size.ToString(null, CultureInfo.InvariantCulture) + suffix;
    }

    private static bool FitsBinaryFastPath(in Parts parts, int shift)
    {
        // A binary suffix of 2^10k has about 3k decimal digits; upstream reckons with 15 in all.
        int precision = 15 - parts.WholeDigits - (int)(shift * 3f / 10) - 1;
        return precision >= 0;
    }

    /// <summary>The digits × 2^shift × 10^power in nano units, rounded up; cut where 127 bits end.</summary>
    private static Quantity Scale(in Parts parts, int shift, int power)
    {
        if (parts.WholeDigits + parts.FractionDigits <= MaxInt64Digits)
        {
            long amount = parts.Small;
            if (amount == 0)
            {
                return default;
            }

            if (power is >= 0 and <= MaxInt64Digits && amount <= long.MaxValue >> shift)
            {
                return Quantity.Product(amount << shift, Power10(power), QuantityFormat.DecimalSI);
            }

            if (shift == 0 && power is < 0 and >= -MaxInt64Digits)
            {
                (long whole, long rest) = Math.DivRem(amount, Power10(-power));
                return Quantity.Product(whole + Math.Sign(rest), 1, QuantityFormat.DecimalSI);
            }
        }

        BigInteger exact = BigInteger.Parse(parts.Digits, CultureInfo.InvariantCulture) << shift;
        if (power >= 0)
        {
            exact *= exact.IsZero ? 1 : BigInteger.Pow(10, Math.Min(power, 60));
        }
        else
        {
            BigInteger divisor = BigInteger.Pow(10, Math.Min(-power, 2000));
            exact = (exact + divisor - 1) / divisor;
        }

        return Quantity.FromNanos(exact, QuantityFormat.DecimalSI);
    }

    private static long Power10(int power)
    {
        long value = 1;
        for (int i = 0; i < power; i++)
        {
            value *= 10;
        }

        return value;
    }

    /// <summary>Sign, digits, suffix. As upstream has it, digits may be missing: "." and "Ki" are zero.</summary>
    private static bool TrySplit(ReadOnlySpan<char> text, out Parts parts)
    {
        parts = default;
        if (text.Length == 0)
        {
            return false;
        }

        int at = text[0] is '+' or '-' ? 1 : 0;
        int start = at;
        while (at < text.Length && text[at] == '0')
        {
            at++;
        }

        int whole = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        int wholeEnd = at;
        int fraction = at;
        if (at < text.Length && text[at] == '.')
        {
            fraction = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }
        }

        ReadOnlySpan<char> suffix = text[at..];
        parts = new(text[0] == '-', text[whole..wholeEnd], text[fraction..at], suffix, start == at);
        return IsSuffixShaped(suffix);
    }

    private static bool IsSuffixShaped(ReadOnlySpan<char> suffix)
    {
        int letters = 0;
        while (letters < suffix.Length
            && suffix[letters] is 'e' or 'E' or 'i' or 'n' or 'u' or 'm' or 'k' or 'K' or 'M' or 'G' or 'T' or 'P')
        {
            letters++;
        }

        ReadOnlySpan<char> rest = suffix[letters..];
        rest = rest.Length > 0 && rest[0] is '+' or '-' ? rest[1..] : rest;
        foreach (char digit in rest)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySuffix(ReadOnlySpan<char> suffix, out int shift, out int exponent, out QuantityFormat format)
    {
        shift = 0;
        exponent = 0;
        format = QuantityFormat.DecimalSI;
        if (suffix.Length == 0)
        {
            return true;
        }

        if (suffix.Length == 2 && suffix[1] == 'i')
        {
            int binary = " KMGTPE".IndexOf(suffix[0], StringComparison.Ordinal);
            shift = binary * 10;
            format = QuantityFormat.BinarySI;
            return binary > 0;
        }

        if (suffix.Length == 1)
        {
            int power = "num kMGTPE".IndexOf(suffix[0], StringComparison.Ordinal);
            exponent = (power - 3) * 3;
            return power >= 0;
        }

        format = QuantityFormat.DecimalExponent;
        return suffix[0] is 'e' or 'E'
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && exponent is > -1000 and < 1000;
    }

    /// <summary>A quantity's text in pieces.</summary>
    private readonly ref struct Parts(
        bool isNegative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, ReadOnlySpan<char> suffix,
            bool hasNoDigits)
    {
        private readonly ReadOnlySpan<char> _whole = whole;
        private readonly ReadOnlySpan<char> _fraction = fraction;

        public bool IsNegative { get; } = isNegative;

        public ReadOnlySpan<char> Suffix { get; } = suffix;

        public bool HasNoDigits { get; } = hasNoDigits;

        public int WholeDigits => _whole.Length;

        public int FractionDigits => _fraction.Length;

        public string Digits => string.Concat("0", _whole, _fraction);

        /// <summary>The digits as a number; up to 18 of them.</summary>
        public long Small
        {
            get
            {
                long value = 0;
                foreach (char digit in _whole)
                {
                    value = (value * 10) + (digit - '0');
                }

                foreach (char digit in _fraction)
                {
                    value = (value * 10) + (digit - '0');
                }

                return value;
            }
        }
    }

    private sealed record Printed(Quantity Amount, string Text);
}
