using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

public sealed partial record ClusterRole
{
    /// <summary>
    /// The rules that the aggregation rule gathers: those of all other roles it selects, selector by selector and role by role
    /// in the order of their names, each rule once.
    /// </summary>
    /// <param name="all">All cluster roles.</param>
    /// <returns>The rules; the role's own when it aggregates nothing.</returns>
    public ApiList<PolicyRule> Aggregate(IEnumerable<ClusterRole> all)
    {
        if (AggregationRule is null)
        {
            return Rules;
        }

        ClusterRole[] sorted = [.. all.Where(one => one.Metadata.Name != Metadata.Name).OrderBy(one => one.Metadata.Name, StringComparer.Ordinal)];
        List<PolicyRule> rules = [];
        HashSet<PolicyRule> seen = [];
        foreach (LabelSelector selector in AggregationRule.ClusterRoleSelectors)
        {
            foreach (ClusterRole role in sorted.Where(one => LabelSelectorRules.Matches(selector, one.Metadata.Labels)))
            {
                rules.AddRange(role.Rules.Where(seen.Add));
            }
        }

        return rules.ToApiList();
    }
}
