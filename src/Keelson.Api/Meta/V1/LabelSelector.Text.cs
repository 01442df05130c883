using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>Label selectors in the form that kubectl takes and prints: <c>app=web,tier in (be,fe),!legacy</c>.</summary>
public static class LabelSelectorText
{
    /// <summary>
    /// What tables show: the selector's text, <c>&lt;none&gt;</c> for one that selects everything or is missing,
    /// <c>&lt;error&gt;</c> for one that makes no sense.
    /// </summary>
    public static string Format(LabelSelector? selector) =>
        Parse(selector) is not { } text ? "<error>" : text.Length == 0 ? "<none>" : text;

    /// <summary>What tables show of plain labels: <c>&lt;none&gt;</c> where nothing is asked for.</summary>
    public static string Format(ApiMap<string> labels) => labels.Count == 0 ? "<none>" : Of(labels);

    /// <summary>The selector's text, sorted by key; empty for one that selects everything, is missing or makes no sense.</summary>
    public static string Of(LabelSelector? selector) => Parse(selector) ?? "";

    /// <summary>The text of plain labels.</summary>
    public static string Of(ApiMap<string> labels) =>
        string.Join(",", labels.Select(static label => $"{label.Key}={label.Value}"));

    private static string? Parse(LabelSelector? selector)
    {
        List<(string Key, string Text)> parts = [];
        foreach (KeyValuePair<string, string> pair in selector?.MatchLabels ?? default)
        {
            parts.Add((pair.Key, pair.Key + "=" + pair.Value));
        }

        foreach (LabelSelectorRequirement requirement in selector?.MatchExpressions ?? default)
        {
            if (Text(requirement) is not { } text)
            {
                return null;
            }

            parts.Add((requirement.Key, text));
        }

        return string.Join(",", parts.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => one.Text));
    }

    private static string? Text(LabelSelectorRequirement requirement) => requirement.Operator switch
    {
        LabelSelectorOperator.In => $"{requirement.Key} in ({Sorted(requirement.Values)})",
        LabelSelectorOperator.NotIn => $"{requirement.Key} notin ({Sorted(requirement.Values)})",
        LabelSelectorOperator.Exists => requirement.Key,
        LabelSelectorOperator.DoesNotExist => "!" + requirement.Key,
        _ => null,
    };

    private static string Sorted(ApiList<string> values) => string.Join(",", values.Order(StringComparer.Ordinal));
}
