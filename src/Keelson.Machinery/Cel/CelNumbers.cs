namespace Keelson.Machinery.Cel;

/// <summary>A whole number.</summary>
/// <param name="number">The number.</param>
public sealed class CelInt(long number) : CelValue
{
    /// <summary>The number.</summary>
    public long Number { get; } = number;

    /// <inheritdoc/>
    public override string TypeName => "int";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => Order(other) == 0;

    internal override int? Order(CelValue other) => other switch
    {
        CelInt one => Number.CompareTo(one.Number),
        CelUint one => Number < 0 ? -1 : ((ulong)Number).CompareTo(one.Number),
        CelDouble one => CelDouble.Compare(Number, one.Number),
        _ => null,
    };
}

/// <summary>A whole number that is never negative.</summary>
/// <param name="number">The number.</param>
public sealed class CelUint(ulong number) : CelValue
{
    /// <summary>The number.</summary>
    public ulong Number { get; } = number;

    /// <inheritdoc/>
    public override string TypeName => "uint";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => Order(other) == 0;

    internal override int? Order(CelValue other) => other switch
    {
        CelUint one => Number.CompareTo(one.Number),
        CelInt one => -one.Order(this),
        CelDouble one => CelDouble.Compare(Number, one.Number),
        _ => null,
    };
}

/// <summary>A floating number.</summary>
/// <param name="number">The number.</param>
public sealed class CelDouble(double number) : CelValue
{
    /// <summary>The number.</summary>
    public double Number { get; } = number;

    /// <inheritdoc/>
    public override string TypeName => "double";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => Order(other) == 0;

    internal override int? Order(CelValue other) => other switch
    {
        CelDouble one => double.IsNaN(Number) || double.IsNaN(one.Number) ? null : Number.CompareTo(one.Number),
        CelInt or CelUint => -other.Order(this),
        _ => null,
    };

    /// <summary>A whole number against a floating one, without losing digits of the former.</summary>
    internal static int? Compare(Int128 whole, double number) =>
        double.IsNaN(number) ? null
        : number >= 18446744073709551616.0 ? -1
        : number < -9223372036854775808.0 ? 1
        : whole.CompareTo((Int128)Math.Floor(number)) is var order and not 0 ? order
        : number > Math.Floor(number) ? -1 : 0;
}
