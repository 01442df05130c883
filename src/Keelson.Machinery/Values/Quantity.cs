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

    private const long Giga = 1_000_000_000;

    // 127 bits of nano units reach to 1.7e29 units; amounts beyond are cut there. Two halves rather than an Int128,
    // which keeps all code that so much as mentions it, or a type with one within, from being compiled ahead.
    private readonly long _high;
    private readonly ulong _low;

    private Quantity(long high, ulong low, QuantityFormat format)
    {
        _high = high;
        _low = low;
        Format = format;
    }

    /// <summary>The format the quantity prints in.</summary>
    public QuantityFormat Format { get; }

    /// <summary>The exact amount in nano units.</summary>
    public BigInteger Nanos => IsSmall ? (long)_low : ((BigInteger)_high << 64) + _low;

    /// <summary>True for zero.</summary>
    public bool IsZero => (_high | (long)_low) == 0;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => _high < 0 ? -1 : IsZero ? 0 : 1;

    /// <summary>True when the lower half says all: up to 9.2e9 units.</summary>
    private bool IsSmall => _high == (long)_low >> 63;

    /// <summary>The amount in whole units, rounded up (away from zero), capped at 64 bits.</summary>
    public long Value => Scaled(Giga);

    /// <summary>The amount in thousandths, rounded up (away from zero), capped at 64 bits.</summary>
    public long MilliValue => Scaled(1_000_000);

    /// <summary>A whole number of units.</summary>
    public static Quantity FromValue(long value, QuantityFormat format = QuantityFormat.DecimalSI) =>
        Product(value, Giga, format);

    /// <summary>A whole number of thousandths.</summary>
    public static Quantity FromMilli(long value, QuantityFormat format = QuantityFormat.DecimalSI) =>
        Product(value, 1_000_000, format);

    /// <summary>Reads a quantity that must be well formed.</summary>
    public static Quantity Parse(string text) =>
        TryParse(text, out Quantity quantity, out string? error) ? quantity : throw new FormatException(error);

    /// <summary>Reads a quantity; <paramref name="error"/> carries upstream's text otherwise.</summary>
    public static bool TryParse(string text, out Quantity quantity, [NotNullWhen(false)] out string? error) =>
        QuantityText.TryParse(text, out quantity, out error);

    /// <summary>Reads a quantity; <paramref name="error"/> carries upstream's text otherwise.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Quantity quantity,
        [NotNullWhen(false)] out string? error) =>
        QuantityText.TryParse(text, out quantity, out error);

    /// <summary>The sum; the format is the left one's, or the right one's where the left is zero.</summary>
    public static Quantity operator +(Quantity left, Quantity right) =>
        Sum(left, right, left.IsZero ? right.Format : left.Format);

    /// <summary>The difference; the format is the left one's, or the right one's where the left is zero.</summary>
    public static Quantity operator -(Quantity left, Quantity right) =>
        Sum(left, right.Negated(), left.IsZero ? right.Format : left.Format);

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
        _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <inheritdoc/>
    public bool Equals(Quantity other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>Upstream's canonical form.</summary>
    public override string ToString() => QuantityText.Print(this);

    /// <inheritdoc/>
    public static Quantity ReadJson(ref JsonDecoder decoder) => decoder.ReadQuantity();

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json) => json.Value(this);

    /// <inheritdoc/>
    public static Quantity ReadProto(ref ProtoReader reader) => reader.QuantityContent();

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto) => proto.Field(1, ToString());

    /// <summary>A product in nano units; two numbers of 64 bits always fit.</summary>
    internal static Quantity Product(long left, long right, QuantityFormat format)
    {
        long high = Math.BigMul(left, right, out long low);
        return new(high, (ulong)low, format);
    }

    /// <summary>An amount of nano units, cut where 127 bits end.</summary>
    internal static Quantity FromNanos(BigInteger nanos, QuantityFormat format)
    {
        BigInteger high = nanos >> 64;
        return high > long.MaxValue ? new(long.MaxValue, ulong.MaxValue, format)
            : high < long.MinValue ? Largest(negative: true, format)
            : new((long)high, (ulong)(nanos & ulong.MaxValue), format);
    }

    /// <summary>The same amount in another format.</summary>
    internal Quantity In(QuantityFormat format) => new(_high, _low, format);

    /// <summary>The amount with the other sign.</summary>
    internal Quantity Negated() => new(~_high + (_low == 0 ? 1 : 0), ~_low + 1, Format);

    /// <summary>Both halves in one, the same in every process.</summary>
    internal ulong Folded => _low ^ (ulong)_high;

    /// <summary>The amount of nano units where 64 bits hold it.</summary>
    internal bool TryGetNanos(out long nanos)
    {
        nanos = (long)_low;
        return IsSmall;
    }

    private static Quantity Largest(bool negative, QuantityFormat format)
    {
        Quantity largest = new(long.MaxValue, ulong.MaxValue, format);
        return negative ? largest.Negated() : largest;
    }

    private static Quantity Sum(Quantity left, Quantity right, QuantityFormat format)
    {
        ulong low = unchecked(left._low + right._low);
        long high = unchecked(left._high + right._high + (low < left._low ? 1 : 0));

        // Overflow shows as a sum whose sign is neither addend's. The least number has no counterpart: it is cut, too.
        bool fits = ((left._high ^ high) & (right._high ^ high)) >= 0 && (high != long.MinValue || low != 0);
        return fits
            ? new(high, low, format)
            : Largest(left._high < 0, format);
    }

    private long Scaled(long unit)
    {
        if (IsSmall)
        {
            (long small, long left) = Math.DivRem((long)_low, unit);
            return small + Math.Sign(left);
        }

        BigInteger quotient = BigInteger.DivRem(Nanos, unit, out BigInteger rest);
        BigInteger rounded = quotient + rest.Sign;
        return rounded > long.MaxValue ? long.MaxValue : rounded < long.MinValue ? long.MinValue : (long)rounded;
    }
}
