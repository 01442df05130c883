using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>Label selectors as tables show them.</summary>
public static class LabelSelectorText
{
    /// <summary>
    /// <c>app=web,tier in (a,b),!old</c>, sorted by key; <c>&lt;none&gt;</c> for one that selects everything or is missing,
    /// <c>&lt;error&gt;</c> for one that makes no sense.
    /// </summary>
    public static string Format(LabelSelector? selector)
    {
        if (selector is null)
        {
            return "<none>";
        }

        List<(string Key, string Text)> parts = [];
        foreach (KeyValuePair<string, string> pair in selector.MatchLabels)
        {
            parts.Add((pair.Key, pair.Key + "=" + pair.Value));
        }

        foreach (LabelSelectorRequirement requirement in selector.MatchExpressions)
        {
            if (Format(requirement) is not { } text)
            {
                return "<error>";
            }

            parts.Add((requirement.Key, text));
        }

        parts.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return parts.Count == 0 ? "<none>" : string.Join(",", parts.Select(one => one.Text));
    }

    private static string? Format(LabelSelectorRequirement requirement) => requirement.Operator switch
    {
        LabelSelectorOperator.In => $"{requirement.Key} in ({Sorted(requirement.Values)})",
        LabelSelectorOperator.NotIn => $"{requirement.Key} notin ({Sorted(requirement.Values)})",
        LabelSelectorOperator.Exists => requirement.Key,
        LabelSelectorOperator.DoesNotExist => "!" + requirement.Key,
        _ => null,
    };

    private static string Sorted(ApiList<string> values) => string.Join(",", values.Order(StringComparer.Ordinal));
}
