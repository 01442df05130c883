using Keelson.Machinery.Trees;

namespace Keelson.Clusters;

/// <summary>The kinds that a server has, and which of them a word stands for.</summary>
internal sealed class ApiDiscovery(IReadOnlyList<ApiResource> resources)
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

    /// <summary>All kinds, in the server's order: groups by preference, versions of a group the preferred
    /// first.</summary>
    public IReadOnlyList<ApiResource> Resources => resources;

    /// <summary>Asks a server.</summary>
    public static async Task<ApiDiscovery> ReadAsync(ClusterConnection connection, CancellationToken cancellation)
    {
        Task<ObjectTree> core = connection.GetAsync("/api", cancellation, Aggregated);
        ObjectTree named = await connection.GetAsync("/apis", cancellation, Aggregated);
        List<ApiResource> resources = [];
        foreach (ObjectTree answer in (ObjectTree[])[await core, named])
        {
            if (answer.TextAt("kind") == "APIGroupDiscoveryList")
            {
                resources.AddRange(answer.Objects("items").SelectMany(OfGroup));
            }
            else
            {
                await ReadUnaggregatedAsync(connection, answer, resources, cancellation);
            }
        }

        return new(resources);
    }

    /// <summary>The kind that a word of the command line stands for: <c>po</c>, <c>pod</c>, <c>deployments.apps</c>,
    /// <c>deployments.v1.apps</c>.</summary>
    /// <exception cref="CommandException">The server has none.</exception>
    public ApiResource Resolve(string word) =>
        Find(word) ?? throw new CommandException(
            $"the server doesn't have a resource type \"{word.Split('.')[0]}\"");

    /// <summary>The kind that a word stands for; null for none.</summary>
    public ApiResource? Find(string word)
    {
        string lower = word.ToLowerInvariant();
        string[] parts = lower.Split('.', 3);
        if (parts.Length == 3 && Match(parts[0], parts[2], parts[1]) is { } exact)
        {
            return exact;
        }

        int dot = lower.IndexOf('.');
        return dot < 0 ? Match(lower, null, null) : Match(lower[..dot], lower[(dot + 1)..], null);
    }

    /// <summary>The kinds of a category: <c>all</c>.</summary>
    public IReadOnlyList<ApiResource> Category(string name) =>
        [.. Preferred().Where(one => one.Categories.Contains(name) && one.Verbs.Contains("list"))];

    /// <summary>The kind of an object in a file.</summary>
    /// <exception cref="CommandException">The server has none.</exception>
    public ApiResource OfKind(string apiVersion, string kind)
    {
        ApiResource? found = resources.FirstOrDefault(one => one.ApiVersion == apiVersion && one.Kind == kind);
        return found ?? throw new CommandException($"no matches for kind \"{kind}\" in version \"{apiVersion}\"");
    }

    /// <summary>The kind of an object that another one points at, in whatever version.</summary>
    public ApiResource? OfGroupKind(string group, string kind) =>
        resources.FirstOrDefault(one => one.Group == group && one.Kind == kind);

    /// <summary>Each kind once.</summary>
    public IEnumerable<ApiResource> Preferred() => resources.DistinctBy(one => (one.Group, one.Name));

    private ApiResource? Match(string name, string? group, string? version)
    {
        bool Named(ApiResource one) => one.Name == name || one.Singular == name
            || one.Kind.Equals(name, StringComparison.OrdinalIgnoreCase);
        bool Fits(ApiResource one) => (group is null || one.Group == group)
            && (version is null || one.Version == version);
        return resources.FirstOrDefault(one => Fits(one) && Named(one))
            ?? resources.FirstOrDefault(one => Fits(one) && one.ShortNames.Contains(name))
            ?? (group is { Length: > 0 } && version is null
                ? resources.FirstOrDefault(one => one.Group.StartsWith(group, StringComparison.Ordinal)
                    && (Named(one) || one.ShortNames.Contains(name)))
                : null);
    }

    private static IEnumerable<ApiResource> OfGroup(ObjectTree group) =>
        from version in @group.Objects("versions")
        from resource in version.Objects("resources")
        select new ApiResource(
            @group.TextAt("metadata", "name"),
            version.TextAt("version"),
            resource.TextAt("resource"),
            resource.TextAt("responseKind", "kind"),
            resource.TextAt("scope") == "Namespaced")
        {
            Singular = resource.TextAt("singularResource"),
            ShortNames = resource.Texts("shortNames"),
            Categories = resource.Texts("categories"),
            Verbs = resource.Texts("verbs"),
            Subresources = [.. resource.Objects("subresources").Select(one => one.TextAt("subresource"))],
        };

    /// <summary>Servers before 1.26 tell of each version at a path of its own.</summary>
    private static async Task ReadUnaggregatedAsync(
        ClusterConnection connection, ObjectTree answer, List<ApiResource> resources, CancellationToken cancellation)
    {
        List<(string Group, string Version)> versions =
            [.. answer.Texts("versions").Where(_ => answer.TextAt("kind") == "APIVersions").Select(one => ("", one))];
        foreach (ObjectTree one in answer.Objects("groups"))
        {
            string preferred = one.TextAt("preferredVersion", "version");
            versions.AddRange(one.Objects("versions").Select(version => version.TextAt("version"))
                .OrderBy(version => version == preferred ? 0 : 1).Select(version => (one.TextAt("name"), version)));
        }

        foreach ((string groupName, string version) in versions)
        {
            string path = groupName.Length == 0 ? $"/api/{version}" : $"/apis/{groupName}/{version}";
            try
            {
                ObjectTree list = await connection.GetAsync(path, cancellation);
                List<ObjectTree> all = [.. list.Objects("resources")];
                resources.AddRange(
                    from one in all
                    let name = one.TextAt("name")
                    where !name.Contains('/')
                    select new ApiResource(groupName, version, name, one.TextAt("kind"), one.Truth("namespaced"))
                    {
                        Singular = one.TextAt("singularName"),
                        ShortNames = one.Texts("shortNames"),
                        Categories = one.Texts("categories"),
                        Verbs = one.Texts("verbs"),
                        Subresources =
                        [
                            .. all.Select(other => other.TextAt("name"))
                                .Where(other => other.StartsWith(name + "/", StringComparison.Ordinal))
                                .Select(other => other[(name.Length + 1)..]),
                        ],
                    });
            }
            catch (ApiFailure)
            {
                // A group whose server is down has no kinds now; the others have.
            }
        }
    }
}
