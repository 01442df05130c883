namespace Keelson.Machinery.Cel;

/// <summary>Arithmetic: within a type only, and what does not fit is an error.</summary>
internal static class CelArithmetic
{
    private static readonly CelError IntOverflow = new("integer overflow");
    private static readonly CelError UintOverflow = new("unsigned integer overflow");

    public static CelValue? Add(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt a, CelInt b] => Int((Int128)a.Number + b.Number),
        [CelUint a, CelUint b] => Uint((Int128)a.Number + b.Number),
        [CelDouble a, CelDouble b] => new CelDouble(a.Number + b.Number),
        [CelString a, CelString b] => new CelString(a.Text + b.Text),
        [CelBytes a, CelBytes b] => new CelBytes([.. a.Content.Span, .. b.Content.Span]),
        [CelList a, CelList b] => new CelList([.. a.Items, .. b.Items]),
        _ => null,
    };

    public static CelValue? Subtract(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt a, CelInt b] => Int((Int128)a.Number - b.Number),
        [CelUint a, CelUint b] => Uint((Int128)a.Number - b.Number),
        [CelDouble a, CelDouble b] => new CelDouble(a.Number - b.Number),
        _ => null,
    };

    public static CelValue? Multiply(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt a, CelInt b] => Int((Int128)a.Number * b.Number),
        [CelUint a, CelUint b] => (UInt128)a.Number * b.Number is var product && product <= ulong.MaxValue
            ? new CelUint((ulong)product) : UintOverflow,
        [CelDouble a, CelDouble b] => new CelDouble(a.Number * b.Number),
        _ => null,
    };

    public static CelValue? Divide(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt, CelInt { Number: 0 }] or [CelUint, CelUint { Number: 0 }] => new CelError("division by zero"),
        [CelInt a, CelInt b] => Int((Int128)a.Number / b.Number),
        [CelUint a, CelUint b] => new CelUint(a.Number / b.Number),
        [CelDouble a, CelDouble b] => new CelDouble(a.Number / b.Number),
        _ => null,
    };

    public static CelValue? Remainder(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt, CelInt { Number: 0 }] or [CelUint, CelUint { Number: 0 }] => new CelError("modulus by zero"),
        [CelInt { Number: long.MinValue }, CelInt { Number: -1 }] => IntOverflow,
        [CelInt a, CelInt b] => new CelInt(a.Number % b.Number),
        [CelUint a, CelUint b] => new CelUint(a.Number % b.Number),
        _ => null,
    };

    public static CelValue? Negate(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt one] => Int(-(Int128)one.Number),
        [CelDouble one] => new CelDouble(-one.Number),
        _ => null,
    };

    private static CelValue Int(Int128 number) =>
        number >= long.MinValue && number <= long.MaxValue ? new CelInt((long)number) : IntOverflow;

    private static CelValue Uint(Int128 number) =>
        number >= 0 && number <= ulong.MaxValue ? new CelUint((ulong)number) : UintOverflow;
}
