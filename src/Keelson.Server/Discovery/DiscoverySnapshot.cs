using System.Collections.Concurrent;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Discovery;

/// <summary>
/// What the server offers at one moment, and the documents that say so, each made when it is first asked for.
/// </summary>
internal sealed class DiscoverySnapshot
{
    private readonly Dictionary<string, DiscoveryGroup> _byName;
    private readonly HashSet<(string Group, string Version, string Resource)> _resources;
    private readonly ConcurrentDictionary<string, DiscoveryDocument> _documents = new(StringComparer.Ordinal);

    /// <summary>A picture of these groups; those of higher priority come first.</summary>
    public DiscoverySnapshot(IEnumerable<DiscoveryGroup> groups)
    {
        Groups = [.. groups.OrderByDescending(one => one.Priority).ThenBy(one => one.Name, StringComparer.Ordinal)];
        _byName = Groups.ToDictionary(one => one.Name, StringComparer.Ordinal);
        _resources =
        [
            .. Groups.SelectMany(group => group.Versions.SelectMany(
                version => version.Resources.Select(one => (group.Name, version.Version, one.Name)))),
        ];
    }

    /// <summary>Every group, core included.</summary>
    public IReadOnlyList<DiscoveryGroup> Groups { get; }

    /// <summary>The group of that name, or null.</summary>
    public DiscoveryGroup? Group(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The version of a group, or null.</summary>
    public DiscoveryVersion? Version(string group, string version) =>
        Group(group)?.Versions.FirstOrDefault(one => one.Version == version);

    /// <summary>True when that resource is offered.</summary>
    public bool Offers(string group, string version, string resource) =>
        _resources.Contains((group, version, resource));

    /// <summary>The list of groups at /apis.</summary>
    public DiscoveryDocument GroupList() => _documents.GetOrAdd("groups", static (_, self) =>
        DiscoveryDocument.Of(new APIGroupList
        {
            Groups = new ApiList<APIGroup>([.. self.Groups.Where(one => one.Name.Length > 0).Select(Describe)]),
        }), this);

    /// <summary>A group at /apis/GROUP.</summary>
    public DiscoveryDocument OfGroup(DiscoveryGroup group) =>
        _documents.GetOrAdd("group/" + group.Name, static (_, one) => DiscoveryDocument.Of(Describe(one)), group);

    /// <summary>The resources at /api/v1 and /apis/GROUP/VERSION.</summary>
    public DiscoveryDocument OfVersion(DiscoveryGroup group, DiscoveryVersion version) => _documents.GetOrAdd(
        "version/" + group.Name + "/" + version.Version,
        static (_, one) => DiscoveryDocument.Of(DescribeResources(one.group, one.version)),
        (group, version));

    /// <summary>
    /// The aggregated list: core's at /api, the other groups' at /apis; <paramref name="version"/> is v2 or v2beta1.
    /// </summary>
    public DiscoveryDocument Aggregated(bool core, string version) => _documents.GetOrAdd(
        (core ? "aggregated/core/" : "aggregated/groups/") + version,
        static (_, one) => AggregatedDiscovery.Write(
            one.self.Groups.Where(group => group.Name.Length == 0 == one.core), one.version),
        (self: this, core, version));

    private static APIGroup Describe(DiscoveryGroup group)
    {
        GroupVersionForDiscovery[] versions =
        [
            .. group.Versions.Select(one => new GroupVersionForDiscovery
            {
                GroupVersion = group.Name + "/" + one.Version,
                Version = one.Version,
            }),
        ];
        return new APIGroup { Name = group.Name, Versions = new(versions), PreferredVersion = versions[0] };
    }

    private static APIResourceList DescribeResources(DiscoveryGroup group, DiscoveryVersion version) => new()
    {
        GroupVersion = group.Name.Length == 0 ? version.Version : group.Name + "/" + version.Version,
        Resources = new ApiList<APIResource>([.. version.Resources.SelectMany(Describe)]),
    };

    private static IEnumerable<APIResource> Describe(DiscoveryResource resource)
    {
        yield return new APIResource
        {
            Name = resource.Name,
            SingularName = resource.Singular,
            Namespaced = resource.Namespaced,
            Kind = resource.Kind,
            Verbs = List(resource.Verbs),
            ShortNames = ListOrAbsent(resource.ShortNames),
            Categories = ListOrAbsent(resource.Categories),
            StorageVersionHash = resource.StorageVersionHash,
        };
        foreach (DiscoverySubresource sub in resource.Subresources)
        {
            yield return new APIResource
            {
                Name = resource.Name + "/" + sub.Name,
                Namespaced = resource.Namespaced,
                Group = sub.Group,
                Version = sub.Version,
                Kind = sub.Kind,
                Verbs = List(sub.Verbs),
            };
        }
    }

    private static ApiList<string> List(IReadOnlyList<string> texts) => new([.. texts]);

    private static ApiList<string> ListOrAbsent(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? default : List(texts);
}
