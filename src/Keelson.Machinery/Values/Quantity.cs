using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Values;

/// <summary>Which suffixes a quantity prints with.</summary>
public enum QuantityFormat
{
    /// <summary>1000-based: n, u, m, k, M, G, T, P, E.</summary>
    DecimalSI,

    /// <summary>1024-based: Ki, Mi, Gi, Ti, Pi, Ei.</summary>
    BinarySI,

    /// <summary>Powers of ten: e3, e6.</summary>
    DecimalExponent,
}

/// <summary>
/// An exact amount of a resource, such as <c>100m</c>, <c>1.5Gi</c> or <c>2e3</c>: a whole number of nano units and the
/// format it prints in. Printing gives upstream's canonical form. <c>default</c> is zero.
/// </summary>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>, IWireValue<Quantity>
{
    /// <summary>The text of upstream's error for anything that is no quantity.</summary>
    public const string FormatError =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private static readonly BigInteger Giga = 1_000_000_000;

    // Small amounts stay in a long of nano units (up to 9.2e9 units); larger ones need the big integer.
    private readonly long _nanos;
    private readonly BigInteger? _large;

    private Quantity(BigInteger nanos, QuantityFormat format)
    {
        bool fits = nanos >= long.MinValue && nanos <= long.MaxValue;
        _nanos = fits ? (long)nanos : 0;
        _large = fits ? null : nanos;
        Format = format;
    }

    /// <summary>The format the quantity prints in.</summary>
    public QuantityFormat Format { get; }

    /// <summary>The exact amount in nano units.</summary>
    public BigInteger Nanos => _large ?? _nanos;

    /// <summary>True for zero.</summary>
    public bool IsZero => _large is null && _nanos == 0;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => _large?.Sign ?? Math.Sign(_nanos);

    /// <summary>The amount in whole units, rounded up (away from zero), capped at 64 bits.</summary>
    public long Value => Scaled(Giga);

    /// <summary>The amount in thousandths, rounded up (away from zero), capped at 64 bits.</summary>
    public long MilliValue => Scaled(1_000_000);

    /// <summary>A whole number of units.</summary>
    public static Quantity FromValue(long value, QuantityFormat format = QuantityFormat.DecimalSI) => new(value * Giga, format);

    /// <summary>A whole number of thousandths.</summary>
    public static Quantity FromMilli(long value, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new((BigInteger)value * 1_000_000, format);

    /// <summary>Reads a quantity that must be well formed.</summary>
    public static Quantity Parse(string text) =>
        TryParse(text, out Quantity quantity, out string? error) ? quantity : throw new FormatException(error);

    /// <summary>Reads a quantity; <paramref name="error"/> carries upstream's text otherwise.</summary>
    public static bool TryParse(string text, out Quantity quantity, [NotNullWhen(false)] out string? error) =>
        QuantityText.TryParse(text, out quantity, out error);

    /// <summary>The sum; the format is the left one's, or the right one's where the left is zero.</summary>
    public static Quantity operator +(Quantity left, Quantity right) =>
        new(left.Nanos + right.Nanos, left.IsZero ? right.Format : left.Format);

    /// <summary>The difference; the format is the left one's, or the right one's where the left is zero.</summary>
    public static Quantity operator -(Quantity left, Quantity right) =>
        new(left.Nanos - right.Nanos, left.IsZero ? right.Format : left.Format);

    /// <summary>Equality of the amounts; the format does not count.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    /// <summary>Inequality of the amounts.</summary>
    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    /// <summary>Less than.</summary>
    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    /// <summary>More than.</summary>
    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    /// <summary>Not more than.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    /// <summary>Not less than.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Quantity other) =>
        _large is null && other._large is null ? _nanos.CompareTo(other._nanos) : Nanos.CompareTo(other.Nanos);

    /// <inheritdoc/>
    public bool Equals(Quantity other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Nanos.GetHashCode();

    /// <summary>Upstream's canonical form.</summary>
    public override string ToString() => QuantityText.Print(Nanos, Format);

    /// <inheritdoc/>
    public static Quantity ReadJson(ref JsonDecoder decoder) => decoder.ReadQuantity();

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json) => json.Value(this);

    /// <inheritdoc/>
    public static Quantity ReadProto(ref ProtoReader reader) => reader.QuantityContent();

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto) => proto.Field(1, ToString());

    internal static Quantity FromNanos(BigInteger nanos, QuantityFormat format) => new(nanos, format);

    private long Scaled(BigInteger unit)
    {
        BigInteger quotient = BigInteger.DivRem(Nanos, unit, out BigInteger rest);
        BigInteger rounded = rest.IsZero ? quotient : quotient + rest.Sign;
        return rounded > long.MaxValue ? long.MaxValue : rounded < long.MinValue ? long.MinValue : (long)rounded;
    }
}

/// <summary>The text form of quantities.</summary>
internal static class QuantityText
{
    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>Amounts beyond 2^63-1 are capped there, as upstream caps them.</summary>
    private static readonly BigInteger Largest = (BigInteger)long.MaxValue * 1_000_000_000;

    public static bool TryParse(string text, out Quantity quantity, [NotNullWhen(false)] out string? error)
    {
        quantity = default;
        error = null;
        if (text.Length == 0)
        {
            error = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
            return false;
        }

        int start = text[0] is '+' or '-' ? 1 : 0;
        int end = start;
        int dot = -1;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] == '.' && dot < 0)))
        {
            dot = text[end] == '.' ? end : dot;
            end++;
        }

        string digits = text[start..end].Replace(".", "", StringComparison.Ordinal);
        int fraction = dot < 0 ? 0 : end - dot - 1;
        if (digits.Length == 0)
        {
            error = Quantity.FormatError;
            return false;
        }

        if (!TrySuffix(text[end..], out BigInteger factor, out int exponent, out QuantityFormat format))
        {
            error = Shape(text[end..]) ? "unable to parse quantity's suffix" : Quantity.FormatError;
            return false;
        }

        BigInteger mantissa = BigInteger.Parse(digits, CultureInfo.InvariantCulture) * factor;
        BigInteger nanos = Scale(mantissa, exponent - fraction + 9);
        nanos = BigInteger.Min(nanos, Largest);
        quantity = Quantity.FromNanos(text[0] == '-' ? -nanos : nanos, Small(nanos, format));
        return true;
    }

    public static string Print(BigInteger nanos, QuantityFormat format)
    {
        if (nanos.IsZero)
        {
            return "0";
        }

        string sign = nanos.Sign < 0 ? "-" : "";
        BigInteger size = BigInteger.Abs(nanos);
        if (format == QuantityFormat.BinarySI && (size % 1_000_000_000).IsZero && size >= (BigInteger)1024 * 1_000_000_000)
        {
            return sign + Binary(size / 1_000_000_000);
        }

        int power = 0;
        while (power < DecimalSuffixes.Length - 1 && (size % 1000).IsZero)
        {
            size /= 1000;
            power++;
        }

        string suffix = format == QuantityFormat.DecimalExponent && power != 3
            ? string.Create(CultureInfo.InvariantCulture, $"e{(power - 3) * 3}")
            : DecimalSuffixes[power];
        return sign + size.ToString(CultureInfo.InvariantCulture) + suffix;
    }

    private static string Binary(BigInteger units)
    {
        int power = 0;
        while (power < BinarySuffixes.Length - 1 && (units % 1024).IsZero)
        {
            units /= 1024;
            power++;
        }

        return units.ToString(CultureInfo.InvariantCulture) + BinarySuffixes[power];
    }

    /// <summary>A binary amount below 1024 or with a fraction prints in decimal form, so it is decimal from the start.</summary>
    private static QuantityFormat Small(BigInteger nanos, QuantityFormat format) =>
        format == QuantityFormat.BinarySI && nanos < (BigInteger)1024 * 1_000_000_000 && !nanos.IsZero
            ? QuantityFormat.BinarySI
            : format;

    private static bool TrySuffix(string suffix, out BigInteger factor, out int exponent, out QuantityFormat format)
    {
        factor = BigInteger.One;
        exponent = 0;
        format = QuantityFormat.DecimalSI;
        int binary = Array.IndexOf(BinarySuffixes, suffix);
        if (binary > 0)
        {
            factor = BigInteger.Pow(1024, binary);
            format = QuantityFormat.BinarySI;
            return true;
        }

        int decimalPower = Array.IndexOf(DecimalSuffixes, suffix);
        if (decimalPower >= 0)
        {
            exponent = (decimalPower - 3) * 3;
            return true;
        }

        format = QuantityFormat.DecimalExponent;
        return suffix.Length > 1 && suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && exponent is > -1000 and < 1000;
    }

    private static bool Shape(string suffix)
    {
        int at = 0;
        while (at < suffix.Length && "eEinumkKMGTP".Contains(suffix[at], StringComparison.Ordinal))
        {
            at++;
        }

        if (at < suffix.Length && suffix[at] is '+' or '-')
        {
            at++;
        }

        return suffix.AsSpan(at).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    /// <summary>mantissa × 10^power, rounded up to whole nano units as upstream does.</summary>
    private static BigInteger Scale(BigInteger mantissa, int power)
    {
        if (power >= 0)
        {
            return mantissa.IsZero ? mantissa : mantissa * BigInteger.Pow(10, Math.Min(power, 60));
        }

        BigInteger quotient = BigInteger.DivRem(mantissa, BigInteger.Pow(10, -power), out BigInteger rest);
        return rest.IsZero ? quotient : quotient + 1;
    }
}
