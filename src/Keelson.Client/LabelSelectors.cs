using Keelson.Api.Meta.V1;
using Keelson.Machinery.Selectors;

namespace Keelson.Client;

/// <summary>Selector objects as conditions that labels are held against.</summary>
public static class LabelSelectors
{
    /// <summary>The condition of a selector. An absent one, and one that validation would refuse, match
    /// nothing.</summary>
    public static LabelMatcher ToMatcher(this LabelSelector? selector)
    {
        if (selector is null)
        {
            return LabelMatcher.Nothing;
        }

        return LabelMatcher.TryCreate(
            selector.MatchLabels,
            selector.MatchExpressions.Select(one => (one.Key, one.Operator, one.Values)),
            out LabelMatcher? matcher,
            out _)
            ? matcher
            : LabelMatcher.Nothing;
    }
}
