using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Selectors;

/// <summary>How a requirement compares.</summary>
public enum SelectorOperator
{
    /// <summary><c>a=b</c></summary>
    EqualTo,

    /// <summary><c>a==b</c>, the same thing written otherwise.</summary>
    DoubleEqualTo,

    /// <summary><c>a!=b</c>; also true without the label.</summary>
    NotEqualTo,

    /// <summary><c>a in (b,c)</c></summary>
    In,

    /// <summary><c>a notin (b,c)</c>; also true without the label.</summary>
    NotIn,

    /// <summary><c>a</c></summary>
    Exists,

    /// <summary><c>!a</c></summary>
    DoesNotExist,

    /// <summary><c>a&gt;1</c>, whole numbers only.</summary>
    GreaterThan,

    /// <summary><c>a&lt;1</c>, whole numbers only.</summary>
    LessThan,
}

/// <summary>One condition on one label.</summary>
public sealed class LabelRequirement
{
    private readonly string[] _values;
    private readonly long _bound;

    private LabelRequirement(string key, SelectorOperator @operator, string[] values)
    {
        Key = key;
        Operator = @operator;
        _values = values;
        if (@operator is SelectorOperator.GreaterThan or SelectorOperator.LessThan)
        {
            _bound = long.Parse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The label.</summary>
    public string Key { get; }

    /// <summary>The comparison.</summary>
    public SelectorOperator Operator { get; }

    /// <summary>The values compared with, as they came.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>Makes a requirement; otherwise <paramref name="error"/> is upstream's text.</summary>
    public static bool TryCreate(
        string key,
        SelectorOperator @operator,
        IReadOnlyList<string> values,
        [NotNullWhen(true)] out LabelRequirement? requirement,
        [NotNullWhen(false)] out string? error)
    {
        FieldErrors errors = new();
        string keyErrors = string.Join("; ", ContentRules.QualifiedName(key));
        if (keyErrors.Length > 0)
        {
            errors.Invalid(FieldPath.Of("key"), key, keyErrors);
        }

        FieldPath valuesPath = FieldPath.Of("values");
        CheckValues(@operator, values, errors, valuesPath);
        for (int i = 0; i < values.Count; i++)
        {
            string why = string.Join("; ", ContentRules.LabelValue(values[i]));
            if (why.Length > 0)
            {
                errors.Invalid(valuesPath.Index(i).Key(key), values[i], why);
            }
        }

        error = errors.Count switch
        {
            0 => null,
            1 => errors.All[0].ToString(),
            _ => "[" + string.Join(", ", errors.All.Select(static one => one.ToString()).Distinct()) + "]",
        };
        requirement = error is null ? new(key, @operator, [.. values]) : null;
        return requirement is not null;
    }

    /// <summary>True when the labels meet the requirement.</summary>
    public bool Matches(in ApiMap<string> labels)
    {
        bool has = labels.TryGetValue(Key, out string? value);
        return Operator switch
        {
            SelectorOperator.EqualTo or SelectorOperator.DoubleEqualTo => has && value == _values[0],
            SelectorOperator.NotEqualTo => !has || value != _values[0],
            SelectorOperator.In => has && Array.IndexOf(_values, value) >= 0,
            SelectorOperator.NotIn => !has || Array.IndexOf(_values, value) < 0,
            SelectorOperator.Exists => has,
            SelectorOperator.DoesNotExist => !has,
            SelectorOperator.GreaterThan => has && TryNumber(value!, out long number) && number > _bound,
            _ => has && TryNumber(value!, out long number) && number < _bound,
        };
    }

    /// <summary>The form that <see cref="LabelMatcher.TryParse"/> reads; values are sorted.</summary>
    public override string ToString()
    {
        string symbol = Operator switch
        {
            SelectorOperator.Exists => "",
            SelectorOperator.DoesNotExist => "!",
            SelectorOperator.EqualTo => "=",
            SelectorOperator.DoubleEqualTo => "==",
            SelectorOperator.NotEqualTo => "!=",
            SelectorOperator.In => " in ",
            SelectorOperator.NotIn => " notin ",
            SelectorOperator.GreaterThan => ">",
            _ => "<",
        };
        string values = string.Join(',', _values.Order(StringComparer.Ordinal));
        return Operator switch
        {
            SelectorOperator.Exists or SelectorOperator.DoesNotExist => symbol + Key,
            SelectorOperator.In or SelectorOperator.NotIn => $"{Key}{symbol}({values})",
            _ => Key + symbol + values,
        };
    }

    private static void CheckValues(SelectorOperator @operator, IReadOnlyList<string> values, FieldErrors errors,
        FieldPath path)
    {
        string rendered = values.Count == 0 ? "[]" : Rendered(values);
        switch (@operator)
        {
            case SelectorOperator.In or SelectorOperator.NotIn when values.Count == 0:
                errors.InvalidRaw(path, rendered, "for 'in', 'notin' operators, values set can't be empty");
                break;
            case SelectorOperator.EqualTo or SelectorOperator.DoubleEqualTo or SelectorOperator.NotEqualTo
                when values.Count != 1:
                errors.InvalidRaw(path, rendered, "exact-match compatibility requires one single value");
                break;
            case SelectorOperator.Exists or SelectorOperator.DoesNotExist when values.Count != 0:
                errors.InvalidRaw(path, rendered, "values set must be empty for exists and does not exist");
                break;
            case SelectorOperator.GreaterThan or SelectorOperator.LessThan:
                if (values.Count != 1)
                {
                    errors.InvalidRaw(path, rendered, "for 'Gt', 'Lt' operators, exactly one value is required");
                }

                for (int i = 0; i < values.Count; i++)
                {
                    if (!TryNumber(values[i], out _))
                    {
                        errors.Invalid(path.Index(i), values[i],
                            "for 'Gt', 'Lt' operators, the value must be an integer");
                    }
                }

                break;
        }
    }

    private static string Rendered(IReadOnlyList<string> values)
    {
        Wire.JsonBuffer json = new(64);
        json.Value(new ApiList<string>([.. values]));
        return System.Text.Encoding.UTF8.GetString(json.Written);
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
