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

    // 127 bits of nano units reach to 1.7e29 units; amounts beyond are cut there.
    private readonly Int128 _nanos;

    private Quantity(Int128 nanos, QuantityFormat format)
    {
        _nanos = nanos;
        Format = format;
    }

    /// <summary>The format the quantity prints in.</summary>
    public QuantityFormat Format { get; }

    /// <summary>The exact amount in nano units.</summary>
    public BigInteger Nanos => (BigInteger)_nanos;

    /// <summary>True for zero.</summary>
    public bool IsZero => _nanos == 0;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Int128.Sign(_nanos);

    /// <summary>The amount in whole units, rounded up (away from zero), capped at 64 bits.</summary>
    public long Value => Scaled(Giga);

    /// <summary>The amount in thousandths, rounded up (away from zero), capped at 64 bits.</summary>
    public long MilliValue => Scaled(1_000_000);

    /// <summary>A whole number of units.</summary>
    public static Quantity FromValue(long value, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new((Int128)value * Giga, format);

    /// <summary>A whole number of thousandths.</summary>
    public static Quantity FromMilli(long value, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new((Int128)value * 1_000_000, format);

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
        new(Add(left._nanos, right._nanos), left.IsZero ? right.Format : left.Format);

    /// <summary>The difference; the format is the left one's, or the right one's where the left is zero.</summary>
    public static Quantity operator -(Quantity left, Quantity right) =>
        new(Add(left._nanos, -right._nanos), left.IsZero ? right.Format : left.Format);

    /// <summary>Equality of the amounts; the format does not count.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    /// <summary>Inequality of the amounts.</summary>
    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    /// <summary>Less than.</summary>
    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    /// <summary>More than.</summary>
    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    /// <summary>Not more than.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    /// <summary>Not less than.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <inheritdoc/>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _nanos.GetHashCode();

    /// <summary>Upstream's canonical form.</summary>
    public override string ToString() => QuantityText.Print(_nanos, Format);

    /// <inheritdoc/>
    public static Quantity ReadJson(ref JsonDecoder decoder) => decoder.ReadQuantity();

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json) => json.Value(this);

    /// <inheritdoc/>
    public static Quantity ReadProto(ref ProtoReader reader) => reader.QuantityContent();

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto) => proto.Field(1, ToString());

    internal static Quantity FromNanos(Int128 nanos, QuantityFormat format) => new(nanos, format);

    private static Int128 Add(Int128 left, Int128 right)
    {
        Int128 sum = unchecked(left + right);

        // Overflow shows as a sum whose sign is neither addend's.
        return ((left ^ sum) & (right ^ sum)) >= 0 ? sum : left < 0 ? -Int128.MaxValue : Int128.MaxValue;
    }

    private long Scaled(long unit)
    {
        if (_nanos == (long)_nanos)
        {
            (long small, long left) = Math.DivRem((long)_nanos, unit);
            return small + Math.Sign(left);
        }

        (Int128 quotient, Int128 rest) = Int128.DivRem(_nanos, unit);
        Int128 rounded = quotient + Int128.Sign(rest);
        return rounded > long.MaxValue ? long.MaxValue : rounded < long.MinValue ? long.MinValue : (long)rounded;
    }
}
