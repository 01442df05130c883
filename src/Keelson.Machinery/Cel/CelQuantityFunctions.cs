using Keelson.Machinery.Values;

namespace Keelson.Machinery.Cel;

/// <summary>Amounts with units: <c>quantity("10Gi").isGreaterThan(quantity("1G"))</c>.</summary>
internal static class CelQuantityFunctions
{
    private const int NanosPerUnit = 1_000_000_000;

    /// <summary>All of them.</summary>
    public static Dictionary<string, CelFunction> All { get; } = new(StringComparer.Ordinal)
    {
        ["quantity"] = static values => values is not [CelString one] ? null
            : Quantity.TryParse(one.Text, out Quantity amount, out string? error) ? new CelQuantity(amount)
            : new CelError(error),
        ["isQuantity"] = static values =>
            values is [CelString one] ? CelBool.Of(Quantity.TryParse(one.Text, out _, out _)) : null,
        ["sign"] = static values => values is [CelQuantity one] ? new CelInt(one.Amount.Sign) : null,
        ["isInteger"] = static values => values is [CelQuantity one] ? CelBool.Of(IsInteger(one.Amount)) : null,
        ["asInteger"] = static values => values is not [CelQuantity one] ? null
            : IsInteger(one.Amount) ? new CelInt(one.Amount.Value)
            : new CelError("cannot convert value to integer"),
        ["asApproximateFloat"] = static values =>
            values is [CelQuantity one] ? new CelDouble((double)one.Amount.Nanos / NanosPerUnit) : null,
        ["compareTo"] = static values => Compare(values) is { } order ? new CelInt(order) : null,
        ["isGreaterThan"] = static values => Compare(values) is { } order ? CelBool.Of(order > 0) : null,
        ["isLessThan"] = static values => Compare(values) is { } order ? CelBool.Of(order < 0) : null,
        ["add"] = static values => Combined(values, static (left, right) => left + right),
        ["sub"] = static values => Combined(values, static (left, right) => left - right),
    };

    private static bool IsInteger(Quantity amount) =>
        amount.Nanos % NanosPerUnit == 0 && amount.Nanos / NanosPerUnit is var whole
        && whole >= long.MinValue && whole <= long.MaxValue;

    private static int? Compare(ReadOnlySpan<CelValue> values) =>
        values is [CelQuantity left, CelQuantity right] ? Math.Sign(left.Amount.CompareTo(right.Amount)) : null;

    /// <summary>Whole numbers stand for amounts here.</summary>
    private static CelValue? Combined(ReadOnlySpan<CelValue> values, Func<Quantity, Quantity, Quantity> combine) =>
        values switch
        {
            [CelQuantity left, CelQuantity right] => new CelQuantity(combine(left.Amount, right.Amount)),
            [CelQuantity left, CelInt right] => new CelQuantity(
                combine(left.Amount, Quantity.FromValue(right.Number))),
            _ => null,
        };
}
