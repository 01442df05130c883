using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Keelson.Machinery.Cel;

/// <summary>The operators and functions of the language itself.</summary>
internal static class CelStandardFunctions
{
    private static readonly CelError BadRange = new("integer overflow");

    /// <summary>All of them.</summary>
    public static Dictionary<string, CelFunction> All { get; } = new(StringComparer.Ordinal)
    {
        ["_==_"] = static values => CelBool.Of(values[0].IsSame(values[1])),
        ["_!=_"] = static values => CelBool.Of(!values[0].IsSame(values[1])),
        ["_<_"] = static values => Ordered(values, static order => order < 0),
        ["_<=_"] = static values => Ordered(values, static order => order <= 0),
        ["_>_"] = static values => Ordered(values, static order => order > 0),
        ["_>=_"] = static values => Ordered(values, static order => order >= 0),
        ["_+_"] = CelArithmetic.Add,
        ["_-_"] = CelArithmetic.Subtract,
        ["_*_"] = CelArithmetic.Multiply,
        ["_/_"] = CelArithmetic.Divide,
        ["_%_"] = CelArithmetic.Remainder,
        ["-_"] = CelArithmetic.Negate,
        ["!_"] = static values => values is [CelBool one] ? CelBool.Of(!one.Truth) : null,
        ["@in"] = In,
        ["_[_]"] = Index,
        ["size"] = Size,
        ["startsWith"] = static values => Text(values, static (text, part) =>
            text.StartsWith(part, StringComparison.Ordinal)),
        ["endsWith"] = static values => Text(values, static (text, part) =>
            text.EndsWith(part, StringComparison.Ordinal)),
        ["contains"] = static values => Text(values, static (text, part) =>
            text.Contains(part, StringComparison.Ordinal)),
        ["matches"] = Matches,
        ["lowerAscii"] = static values =>
            values is [CelString one] ? Changed(one, char.IsAsciiLetterUpper, char.ToLowerInvariant) : null,
        ["upperAscii"] = static values =>
            values is [CelString one] ? Changed(one, char.IsAsciiLetterLower, char.ToUpperInvariant) : null,
        ["type"] = static values => values.Length == 1 ? new CelType(values[0].TypeName) : null,
        ["dyn"] = static values => values.Length == 1 ? values[0] : null,
        ["int"] = ToInt,
        ["uint"] = ToUint,
        ["double"] = ToDouble,
        ["string"] = ToText,
        ["bool"] = ToBool,
        ["bytes"] = static values => values switch
        {
            [CelString one] => new CelBytes(Encoding.UTF8.GetBytes(one.Text)),
            [CelBytes one] => one,
            _ => null,
        },
    };

    private static CelString Changed(CelString text, Func<char, bool> isMeant, Func<char, char> change) =>
        new(string.Create(text.Text.Length, text.Text, (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = isMeant(from[i]) ? change(from[i]) : from[i];
            }
        }));

    private static CelValue? Ordered(ReadOnlySpan<CelValue> values, Func<int, bool> holds) =>
        values[0].Order(values[1]) is { } order ? CelBool.Of(holds(order))
            : values is [CelDouble, CelInt or CelUint or CelDouble] or [CelInt or CelUint, CelDouble] ? CelBool.False
            : null;

    private static CelValue? Text(ReadOnlySpan<CelValue> values, Func<string, string, bool> holds) =>
        values is [CelString text, CelString part] ? CelBool.Of(holds(text.Text, part.Text)) : null;

    private static CelValue? In(ReadOnlySpan<CelValue> values)
    {
        switch (values[1])
        {
            case CelMap map:
                return CelBool.Of(map.Has(values[0]));
            case CelList list:
                foreach (CelValue item in list.Items)
                {
                    if (item.IsSame(values[0]))
                    {
                        return CelBool.True;
                    }
                }

                return CelBool.False;
            default:
                return null;
        }
    }

    private static CelValue? Index(ReadOnlySpan<CelValue> values)
    {
        switch (values[0])
        {
            case CelMap map:
                return map.Find(values[1]) ?? new CelError($"no such key: {CelPrint.Plain(values[1])}");
            case CelList list:
                long? index = values[1] switch
                {
                    CelInt one => one.Number,
                    CelUint one => one.Number <= long.MaxValue ? (long)one.Number : long.MaxValue,
                    CelDouble one when Math.Floor(one.Number) == one.Number && Math.Abs(one.Number) < 1e15 =>
                        (long)one.Number,
                    _ => null,
                };
                return index is not { } at ? null
                    : at >= 0 && at < list.Items.Count ? list.Items[(int)at]
                    : new CelError(string.Create(CultureInfo.InvariantCulture, $"index out of bounds: {at}"));
            default:
                return null;
        }
    }

    private static CelValue? Size(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelString one] => new CelInt(one.Text.EnumerateRunes().Count()),
        [CelBytes one] => new CelInt(one.Content.Length),
        [CelList one] => new CelInt(one.Items.Count),
        [CelMap one] => new CelInt(one.Count),
        _ => null,
    };

    /// <summary>Without backtracking, as in Go: the time is linear, and back-references don't exist.</summary>
    private static CelValue? Matches(ReadOnlySpan<CelValue> values)
    {
        if (values is not [CelString text, CelString pattern])
        {
            return null;
        }

        try
        {
            return CelBool.Of(Regex.IsMatch(
                text.Text, pattern.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return new CelError($"error parsing regexp: {error.Message}");
        }
    }

    private static CelValue? ToInt(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelInt one] => one,
        [CelUint one] => one.Number <= long.MaxValue ? new CelInt((long)one.Number) : BadRange,
        [CelDouble one] => one.Number is > -9223372036854775808.0 and < 9223372036854775808.0
            ? new CelInt((long)one.Number) : BadRange,
        [CelString one] => long.TryParse(
            one.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? new CelInt(number) : Unconverted(one, "int"),
        _ => null,
    };

    private static CelValue? ToUint(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelUint one] => one,
        [CelInt one] => one.Number >= 0 ? new CelUint((ulong)one.Number) : new CelError("unsigned integer overflow"),
        [CelDouble one] => one.Number is >= 0 and < 18446744073709551616.0
            ? new CelUint((ulong)one.Number) : new CelError("unsigned integer overflow"),
        [CelString one] => ulong.TryParse(one.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? new CelUint(number) : Unconverted(one, "uint"),
        _ => null,
    };

    private static CelValue? ToDouble(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelDouble one] => one,
        [CelInt one] => new CelDouble(one.Number),
        [CelUint one] => new CelDouble(one.Number),
        [CelString one] => double.TryParse(one.Text, NumberStyles.Float, CultureInfo.InvariantCulture,
            out double number)
            ? new CelDouble(number) : Unconverted(one, "double"),
        _ => null,
    };

    private static CelValue? ToText(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelString one] => one,
        [CelBytes one] => new CelString(Encoding.UTF8.GetString(one.Content.Span)),
        [CelBool or CelInt or CelUint or CelDouble or CelType or CelQuantity or CelSemver] =>
            new CelString(CelPrint.Plain(values[0])),
        _ => null,
    };

    private static CelValue? ToBool(ReadOnlySpan<CelValue> values) => values switch
    {
        [CelBool one] => one,
        [CelString { Text: "1" or "t" or "T" or "true" or "TRUE" or "True" }] => CelBool.True,
        [CelString { Text: "0" or "f" or "F" or "false" or "FALSE" or "False" }] => CelBool.False,
        [CelString one] => Unconverted(one, "bool"),
        _ => null,
    };

    private static CelError Unconverted(CelString text, string type) =>
        new($"type conversion error from 'string' to '{type}': \"{text.Text}\"");
}
