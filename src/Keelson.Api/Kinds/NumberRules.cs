using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Kinds;

/// <summary>Checks of numbers and of "a number or a percentage".</summary>
internal static class NumberRules
{
    /// <summary>Upstream's text for a negative number.</summary>
    public const string NonNegativeText = "must be greater than or equal to 0";

    /// <summary>A number that may be zero.</summary>
    public static void NonNegative(this FieldErrors errors, FieldPath path, long value)
    {
        if (value < 0)
        {
            errors.Invalid(path, value, NonNegativeText);
        }
    }

    /// <summary>A number that may be left out or zero.</summary>
    public static void NonNegative(this FieldErrors errors, FieldPath path, long? value)
    {
        if (value is { } present)
        {
            errors.NonNegative(path, present);
        }
    }

    /// <summary>A non-negative number or a percentage.</summary>
    public static void NumberOrPercent(this FieldErrors errors, FieldPath path, IntOrString value)
    {
        if (!value.IsText)
        {
            errors.NonNegative(path, value.Number);
            return;
        }

        foreach (string detail in ContentRules.Percent(value.Text))
        {
            errors.Invalid(path, value.Text, detail);
        }
    }

    /// <summary>Percentages end at 100.</summary>
    public static void AtMostAll(this FieldErrors errors, FieldPath path, IntOrString value)
    {
        if (Percent(value) > 100)
        {
            errors.Invalid(path, value.Text, "must not be greater than 100%");
        }
    }

    /// <summary>The number, or the percentage's; 0 for other texts.</summary>
    public static int Amount(IntOrString value) => value.IsText ? Percent(value) : value.Number;

    /// <summary><c>Invalid value: rendered: detail</c> of a number or a text.</summary>
    public static void Invalid(this FieldErrors errors, FieldPath path, IntOrString value, string detail)
    {
        if (value.IsText)
        {
            errors.Invalid(path, value.Text, detail);
        }
        else
        {
            errors.Invalid(path, value.Number, detail);
        }
    }

    private static int Percent(IntOrString value) =>
        value.IsText && !ContentRules.Percent(value.Text).Any() && value.TryGetPercent(out int percent) ? percent : 0;
}
