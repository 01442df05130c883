using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Keelson.Machinery.Validation;

namespace Keelson.Machinery.Values;

/// <summary>
/// Durations in Go's text form (<c>1h15m30.5s</c>), as flags, configuration files and <c>metav1.Duration</c> carry
/// them: nanoseconds in 64 bits.
/// </summary>
public static class GoDuration
{
    /// <summary>Nanoseconds in a second.</summary>
    public const long Second = 1_000_000_000;

    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    private static readonly (string Name, long Nanoseconds)[] Units =
        [("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", Second), ("m", Minute),
            ("h", Hour)];

    /// <summary>Reads a duration; otherwise the error is the text of Go's <c>time.ParseDuration</c>.</summary>
    public static bool TryParse(string text, out long nanoseconds, [NotNullWhen(false)] out string? error)
    {
        nanoseconds = 0;
        string quoted = GoText.Quote(text);
        string invalid = "time: invalid duration " + quoted;
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> rest = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        error = null;
        if (rest is "0")
        {
            return true;
        }

        error = rest.Length == 0 ? invalid : null;
        BigInteger total = 0;
        while (rest.Length > 0 && error is null)
        {
            error = TakePart(ref rest, ref total, quoted, invalid);
        }

        // The lowest value has no positive counterpart.
        BigInteger limit = negative ? -(BigInteger)long.MinValue : long.MaxValue;
        error ??= total > limit ? invalid : null;
        nanoseconds = error is null ? (long)(negative ? -total : total) : 0;
        return error is null;
    }

    /// <summary>Reads a duration, to 100 ns.</summary>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? error)
    {
        bool ok = TryParse(text, out long nanoseconds, out error);

        // A nanosecond is less than a tick, yet not nothing.
        long ticks = nanoseconds / 100;
        duration = TimeSpan.FromTicks(ticks == 0 ? Math.Sign(nanoseconds) : ticks);
        return ok;
    }

    /// <summary>A duration as Go prints it: <c>1h0m0s</c>, <c>1.5s</c>, <c>100ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration) => Format(duration.Ticks * 100);

    /// <summary>A duration as Go prints it: <c>1h0m0s</c>, <c>1.5s</c>, <c>100ms</c>, <c>0s</c>.</summary>
    public static string Format(long nanoseconds)
    {
        string sign = nanoseconds < 0 ? "-" : "";
        UInt128 size = (UInt128)Int128.Abs(nanoseconds);
        if (size == 0)
        {
            return "0s";
        }

        ulong amount = (ulong)size;
        if (amount < Second)
        {
            return sign + (amount < 1000 ? $"{amount}ns"
                : amount < 1_000_000 ? Decimal(amount, 1000) + "µs"
                : Decimal(amount, 1_000_000) + "ms");
        }

        ulong seconds = amount % Minute;
        ulong minutes = amount / Minute;
        string text = Decimal(seconds, Second) + "s";
        if (minutes > 0)
        {
            text = string.Create(CultureInfo.InvariantCulture, $"{minutes % 60}m{text}");
        }

        return sign + (minutes >= 60 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}h{text}") : text);
    }

    /// <summary>One number with its unit.</summary>
    private static string? TakePart(ref ReadOnlySpan<char> rest, ref BigInteger total, string quoted, string invalid)
    {
        int whole = CountDigits(rest);
        bool hasPoint = whole < rest.Length && rest[whole] == '.';
        int fraction = hasPoint ? CountDigits(rest[(whole + 1)..]) : 0;
        if (whole == 0 && fraction == 0)
        {
            return invalid;
        }

        ReadOnlySpan<char> wholeDigits = rest[..whole];
        ReadOnlySpan<char> fractionDigits = hasPoint ? rest.Slice(whole + 1, fraction) : default;
        rest = rest[(whole + (hasPoint ? 1 + fraction : 0))..];
        int end = rest.IndexOfAny(".0123456789");
        end = end < 0 ? rest.Length : end;
        if (end == 0)
        {
            return "time: missing unit in duration " + quoted;
        }

        string name = rest[..end].ToString();
        rest = rest[end..];
        int unit = Array.FindIndex(Units, one => one.Name == name);
        if (unit < 0)
        {
            return $"time: unknown unit {GoText.Quote(name)} in duration {quoted}";
        }

        // More digits than any duration needs mean too much, or too little to count.
        if (wholeDigits.Length > 20)
        {
            return invalid;
        }

        long nanoseconds = Units[unit].Nanoseconds;
        total += (whole == 0 ? 0 : BigInteger.Parse(wholeDigits, CultureInfo.InvariantCulture)) * nanoseconds;
        fractionDigits = fractionDigits.Length > 18 ? fractionDigits[..18] : fractionDigits;
        if (fractionDigits.Length > 0)
        {
            total += BigInteger.Parse(fractionDigits, CultureInfo.InvariantCulture) * nanoseconds / BigInteger.Pow(10,
                fractionDigits.Length);
        }

        return null;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    /// <summary>A quotient with as many decimals as it needs.</summary>
    private static string Decimal(ulong amount, ulong unit)
    {
        string whole = (amount / unit).ToString(CultureInfo.InvariantCulture);
        ulong rest = amount % unit;
        int digits = unit switch { 1000 => 3, 1_000_000 => 6, _ => 9 };
        return rest == 0 ? whole
            : $"{whole}.{rest.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').TrimEnd('0')}";
    }
}
