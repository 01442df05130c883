using System.Globalization;
using System.Text;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Trees;

/// <summary>Trees as Go prints them in error texts.</summary>
public static class GoTree
{
    /// <summary>The form of a key or set value in a path: texts quoted.</summary>
    public static string ToText(Tree tree) => tree switch
    {
        TextTree text => GoText.Quote(text.Value),
        ListTree list => "[" + string.Join(",", list.Items.Select(ToText)) + "]",
        ObjectTree node => string.Concat(node.Fields.Select(field => $"{field.Key}={ToText(field.Value)}")),
        NullTree => "null",
        _ => Verb(tree),
    };

    /// <summary><c>%v</c>.</summary>
    public static string Verb(Tree tree) => tree switch
    {
        TextTree text => text.Value,
        IntegerTree integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        FloatTree number => Float(number.Value),
        BoolTree truth => truth.Value ? "true" : "false",
        ListTree list => "[" + string.Join(" ", list.Items.Select(Verb)) + "]",
        ObjectTree node =>
            "map[" + string.Join(" ", TreeExtensions.Sorted(node).Select(field => $"{field.Key}:{Verb(field.Value)}"))
                + "]",
        _ => "<nil>",
    };

    /// <summary><c>%#v</c> of an interface value.</summary>
    public static string SyntaxVerb(Tree tree) => tree switch
    {
        TextTree text => GoText.Quote(text.Value),
        ListTree list => "[]interface {}{" + string.Join(", ", list.Items.Select(SyntaxVerb)) + "}",
        ObjectTree node => "map[string]interface {}{"
            + string.Join(", ", TreeExtensions.Sorted(node)
                .Select(field => $"{GoText.Quote(field.Key)}:{SyntaxVerb(field.Value)}")) + "}",
        NullTree => "interface {}(nil)",
        _ => Verb(tree),
    };

    /// <summary><c>%T</c>.</summary>
    public static string TypeVerb(Tree tree) => tree switch
    {
        TextTree => "string",
        IntegerTree => "int64",
        FloatTree => "float64",
        BoolTree => "bool",
        ListTree => "[]interface {}",
        ObjectTree => "map[string]interface {}",
        _ => "<nil>",
    };

    /// <summary>Go's <c>%v</c> of a float64: the shortest form, with an exponent from 1e21 on and below 1e-4.</summary>
    private static string Float(double number)
    {
        double size = Math.Abs(number);
        if (size != 0 && (size < 1e-4 || size >= 1e21))
        {
            string text = number.ToString("E16", CultureInfo.InvariantCulture);
            string shortest = number.ToString("R", CultureInfo.InvariantCulture);
            text = shortest.Contains('E', StringComparison.Ordinal) ? shortest : text;
            int at = text.IndexOf('E', StringComparison.Ordinal);
            int exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            string mantissa = text[..at].Contains('.', StringComparison.Ordinal) ? text[..at].TrimEnd('0').TrimEnd('.')
                : text[..at];
            return string.Create(CultureInfo.InvariantCulture,
                $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        JsonBuffer json = new(32);
        json.Value(number);
        return Encoding.ASCII.GetString(json.Written);
    }
}
