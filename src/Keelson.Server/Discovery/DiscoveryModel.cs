namespace Keelson.Server.Discovery;

/// <summary>An API group as discovery tells of it.</summary>
/// <param name="Name">The group's name; empty for core.</param>
/// <param name="Versions">Its versions, the preferred one first.</param>
internal sealed record DiscoveryGroup(string Name, IReadOnlyList<DiscoveryVersion> Versions)
{
    /// <summary>Groups of higher priority come first (an APIService's groupPriorityMinimum).</summary>
    public int Priority { get; init; } = BuiltInGroups.CustomResourcePriority;

    /// <summary>
    /// True for the groups compiled in. They answer for versions they don't have in another way than others.
    /// </summary>
    public bool IsBuiltIn { get; init; }
}

/// <summary>A version of a group.</summary>
/// <param name="Version">Its name: v1.</param>
/// <param name="Resources">What it serves, sorted by name.</param>
internal sealed record DiscoveryVersion(string Version, IReadOnlyList<DiscoveryResource> Resources)
{
    /// <summary>False when the resources are those of the past, since their server does not answer.</summary>
    public bool IsCurrent { get; init; } = true;

    /// <summary>
    /// False for an aggregated group version, whose own server answers for its resource list; it is part of the group's
    /// documents all the same.
    /// </summary>
    public bool IsLocal { get; init; } = true;
}

/// <summary>A resource.</summary>
internal sealed record DiscoveryResource(string Name, string Kind, bool Namespaced, IReadOnlyList<string> Verbs)
{
    /// <summary>The singular name.</summary>
    public string Singular { get; init; } = "";

    /// <summary>Short names.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>
    /// The kind's group where discovery names it; empty for built-in kinds, which clients fill in themselves.
    /// </summary>
    public string KindGroup { get; init; } = "";

    /// <summary>The kind's version where discovery names it.</summary>
    public string KindVersion { get; init; } = "";

    /// <summary><see cref="Discovery.StorageVersionHash"/> of the stored kind; empty for what is not stored.</summary>
    public string StorageVersionHash { get; init; } = "";

    /// <summary>What hangs below an object, sorted by name.</summary>
    public IReadOnlyList<DiscoverySubresource> Subresources { get; init; } = [];
}

/// <summary>A subresource; group and version are empty when they are the resource's own.</summary>
internal sealed record DiscoverySubresource(
    string Name, string Kind, string Group, string Version, IReadOnlyList<string> Verbs);
