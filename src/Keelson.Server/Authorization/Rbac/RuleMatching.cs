using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>Verbs as bits, so that a rule's verbs are one number and a look at them one instruction.</summary>
[Flags]
internal enum VerbSet : ushort
{
    None = 0,
    Get = 1,
    List = 1 << 1,
    Watch = 1 << 2,
    Create = 1 << 3,
    Update = 1 << 4,
    Patch = 1 << 5,
    Delete = 1 << 6,
    DeleteCollection = 1 << 7,
    All = ushort.MaxValue,
}

internal static class VerbSets
{
    /// <summary>The verb's bit; none for a verb that has no bit and is compared by its name.</summary>
    public static VerbSet Of(string verb) => verb switch
    {
        "get" => VerbSet.Get,
        "list" => VerbSet.List,
        "watch" => VerbSet.Watch,
        "create" => VerbSet.Create,
        "update" => VerbSet.Update,
        "patch" => VerbSet.Patch,
        "delete" => VerbSet.Delete,
        "deletecollection" => VerbSet.DeleteCollection,
        _ => VerbSet.None,
    };
}

/// <summary>A policy rule, prepared for being asked often.</summary>
internal sealed class CompiledRule
{
    private const string Any = "*";

    private readonly VerbSet verbs;
    private readonly string[] otherVerbs;
    private readonly string[]? groups;
    private readonly string[] names;
    private readonly string[] urls;

    public CompiledRule(PolicyRule rule)
    {
        Source = rule;
        var others = new List<string>();
        foreach (var verb in rule.Verbs)
        {
            var bit = verb == Any ? VerbSet.All : VerbSets.Of(verb);
            verbs |= bit;
            if (bit == VerbSet.None)
            {
                others.Add(verb);
            }
        }
        otherVerbs = [.. others];
        groups = Contains(rule.ApiGroups, Any) ? null : rule.ApiGroups.AsSpan().ToArray();
        names = rule.ResourceNames.AsSpan().ToArray();
        urls = rule.NonResourceURLs.AsSpan().ToArray();
    }

    public PolicyRule Source { get; }

    public bool HasUrls => urls.Length > 0;

    /// <summary>True when verb, group and name fit; the resource was looked up already.</summary>
    public bool AllowsResource(AuthorizationAttributes attributes, VerbSet verb) =>
        AllowsVerb(attributes.Verb, verb)
        && (groups is null || groups.AsSpan().Contains(attributes.ApiGroup))
        && (names.Length == 0 || names.AsSpan().Contains(attributes.Name));

    /// <summary>True when verb and path fit.</summary>
    public bool AllowsPath(AuthorizationAttributes attributes, VerbSet verb)
    {
        if (!AllowsVerb(attributes.Verb, verb))
        {
            return false;
        }
        foreach (var url in urls)
        {
            if (PathFits(url, attributes.Path))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A star stands for the rest of a path, at the end only.</summary>
    public static bool PathFits(string url, string path) =>
        url == Any || url == path
        || (url.EndsWith('*') && path.AsSpan().StartsWith(url.AsSpan().TrimEnd('*'), StringComparison.Ordinal));

    private bool AllowsVerb(string verb, VerbSet bit) =>
        bit != VerbSet.None ? (verbs & bit) != 0 : verbs == VerbSet.All || otherVerbs.AsSpan().Contains(verb);

    private static bool Contains(ApiList<string> list, string value) => list.AsSpan().Contains(value);
}

/// <summary>A role's rules, found by resource.</summary>
internal sealed class CompiledRole
{
    private readonly Dictionary<string, CompiledRule[]> byResource;
    private readonly Dictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> byResourceSpan;
    private readonly CompiledRule[] ofAllResources;
    private readonly CompiledRule[] ofPaths;

    public CompiledRole(ApiList<PolicyRule> rules)
    {
        Rules = rules;
        var resources = new Dictionary<string, List<CompiledRule>>(StringComparer.Ordinal);
        var all = new List<CompiledRule>();
        var paths = new List<CompiledRule>();
        foreach (var rule in rules)
        {
            var compiled = new CompiledRule(rule);
            if (compiled.HasUrls)
            {
                paths.Add(compiled);
            }
            foreach (var resource in rule.Resources)
            {
                if (resource == "*")
                {
                    all.Add(compiled);
                    continue;
                }
                if (!resources.TryGetValue(resource, out var list))
                {
                    resources.Add(resource, list = []);
                }
                list.Add(compiled);
            }
        }
        byResource = resources.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
        byResourceSpan = byResource.GetAlternateLookup<ReadOnlySpan<char>>();
        (ofAllResources, ofPaths) = ([.. all], [.. paths]);
    }

    public ApiList<PolicyRule> Rules { get; }

    public bool Allows(AuthorizationAttributes attributes, VerbSet verb)
    {
        if (!attributes.IsResourceRequest)
        {
            foreach (var rule in ofPaths)
            {
                if (rule.AllowsPath(attributes, verb))
                {
                    return true;
                }
            }
            return false;
        }
        if (AnyAllows(ofAllResources, attributes, verb))
        {
            return true;
        }
        if (attributes.Subresource.Length == 0)
        {
            return byResource.TryGetValue(attributes.Resource, out var rules) && AnyAllows(rules, attributes, verb);
        }
        return AllowsSubresource(attributes, verb);
    }

    // "pods/log" stands for itself; "*/scale" for the scale of anything.
    private bool AllowsSubresource(AuthorizationAttributes attributes, VerbSet verb)
    {
        string resource = attributes.Resource, subresource = attributes.Subresource;
        var length = resource.Length + 1 + subresource.Length;
        Span<char> combined = length <= 256 ? stackalloc char[length] : new char[length];
        resource.CopyTo(combined);
        combined[resource.Length] = '/';
        subresource.CopyTo(combined[(resource.Length + 1)..]);
        if (byResourceSpan.TryGetValue(combined, out var rules) && AnyAllows(rules, attributes, verb))
        {
            return true;
        }
        var pattern = combined[(resource.Length - 1)..];
        pattern[0] = '*';
        return byResourceSpan.TryGetValue(pattern, out rules) && AnyAllows(rules, attributes, verb);
    }

    private static bool AnyAllows(CompiledRule[] rules, AuthorizationAttributes attributes, VerbSet verb)
    {
        foreach (var rule in rules)
        {
            if (rule.AllowsResource(attributes, verb))
            {
                return true;
            }
        }
        return false;
    }
}
