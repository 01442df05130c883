using Keelson.Api.Meta.V1;

namespace Keelson.Client;

/// <summary>Selectors as upstream's messages print them.</summary>
public static class SelectorText
{
    /// <summary>A selector in the form of Go's generated <c>String()</c>.</summary>
    public static string Of(LabelSelector? selector)
    {
        if (selector is null)
        {
            return "nil";
        }

        IEnumerable<string> labels = selector.MatchLabels.AsEnumerable().Select(
            static one => $"{one.Key}: {one.Value},");
        IEnumerable<string> expressions = selector.MatchExpressions.Select(static one =>
            $"LabelSelectorRequirement{{Key:{one.Key},Operator:{one.Operator},"
            + $"Values:[{string.Join(' ', one.Values)}],}},");
        return $"&LabelSelector{{MatchLabels:map[string]string{{{string.Concat(labels)}}},"
            + $"MatchExpressions:[]LabelSelectorRequirement{{{string.Concat(expressions)}}},}}";
    }
}
