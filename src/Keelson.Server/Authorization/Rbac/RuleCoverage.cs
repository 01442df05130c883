using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>Whether some rules allow all that others allow, and what is left over.</summary>
internal static class RuleCoverage
{
    /// <summary>What of the wanted rules the held ones don't cover, taken apart to single permissions; empty for
    /// nothing.</summary>
    public static List<PolicyRule> Missing(IReadOnlyList<PolicyRule> held, IEnumerable<PolicyRule> wanted) =>
        [.. wanted.SelectMany(TakeApart).Where(single => !held.Any(rule => Covers(rule, single)))];

    /// <summary>Upstream's one line a rule, sorted: <c>{APIGroups:[""], Resources:["pods"],
    /// Verbs:["get"]}</c>.</summary>
    public static string Describe(IEnumerable<PolicyRule> rules) => string.Join(
        '\n', Compact(rules).Select(Describe).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string Describe(PolicyRule rule)
    {
        var parts = new List<string>(5);
        void Add(string name, ApiList<string> values)
        {
            if (values.Count > 0)
            {
                parts.Add($"{name}:[{string.Join(' ', values.Select(GoText.Quote))}]");
            }
        }
        Add("APIGroups", rule.ApiGroups);
        Add("Resources", rule.Resources);
        Add("NonResourceURLs", rule.NonResourceURLs);
        Add("ResourceNames", rule.ResourceNames);
        Add("Verbs", rule.Verbs);
        return $"{{{string.Join(", ", parts)}}}";
    }

    // Puts the verbs on one resource together again; everything else stays as it is.
    private static IEnumerable<PolicyRule> Compact(IEnumerable<PolicyRule> rules)
    {
        var byResource = new Dictionary<(string Group, string Resource, string? Name), PolicyRule>();
        foreach (var rule in rules)
        {
            if (rule is not { ApiGroups.Count: 1, Resources.Count: 1, ResourceNames.Count: <= 1, NonResourceURLs.Count: 0 })
            {
                yield return rule;
                continue;
            }
            var key = (rule.ApiGroups[0], rule.Resources[0], rule.ResourceNames.Count > 0 ? rule.ResourceNames[0] : null);
            byResource[key] = byResource.TryGetValue(key, out var known)
                ? known with { Verbs = known.Verbs.Union(rule.Verbs, StringComparer.Ordinal).ToApiList() }
                : rule;
        }
        foreach (var rule in byResource.Values)
        {
            yield return rule;
        }
    }

    private static IEnumerable<PolicyRule> TakeApart(PolicyRule rule)
    {
        string?[] names = rule.ResourceNames.Count > 0 ? [.. rule.ResourceNames] : [null];
        foreach (var group in (IReadOnlyList<string>)rule.ApiGroups)
        {
            foreach (var resource in (IReadOnlyList<string>)rule.Resources)
            {
                foreach (var verb in (IReadOnlyList<string>)rule.Verbs)
                {
                    foreach (var name in names)
                    {
                        yield return new PolicyRule
                        {
                            ApiGroups = [group], Resources = [resource], Verbs = [verb],
                            ResourceNames = name is null ? default : [name],
                        };
                    }
                }
            }
        }
        foreach (var url in (IReadOnlyList<string>)rule.NonResourceURLs)
        {
            foreach (var verb in (IReadOnlyList<string>)rule.Verbs)
            {
                yield return new PolicyRule { NonResourceURLs = [url], Verbs = [verb] };
            }
        }
    }

    // The wanted rule is a single permission: one of each, or one path.
    private static bool Covers(PolicyRule held, PolicyRule wanted) =>
        CoversAll(held.Verbs, wanted.Verbs)
        && CoversAll(held.ApiGroups, wanted.ApiGroups)
        && wanted.Resources.All(resource => CoversResource(held.Resources, resource))
        && (held.ResourceNames.Count == 0
            || (wanted.ResourceNames.Count > 0 && wanted.ResourceNames.All(held.ResourceNames.Contains)))
        && wanted.NonResourceURLs.All(
            path => held.NonResourceURLs.Any(url => CompiledRule.PathFits(url, path)));

    private static bool CoversAll(ApiList<string> held, ApiList<string> wanted) =>
        held.Contains("*") || wanted.All(held.Contains);

    private static bool CoversResource(ApiList<string> held, string wanted)
    {
        if (held.Contains("*") || held.Contains(wanted))
        {
            return true;
        }
        var slash = wanted.IndexOf('/');
        return slash >= 0 && held.Contains("*" + wanted[slash..]);
    }
}
