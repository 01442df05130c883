namespace Keelson.Api.Kinds;

/// <summary>The names of a kind.</summary>
public sealed record KindInfo(string Group, string Version, string Kind, string Resource)
{
    /// <summary><c>group/version</c>, or just the version for the core group.</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary><c>resource.group</c>, or just the resource for the core group.</summary>
    public string GroupResource { get; } = Group.Length == 0 ? Resource : Resource + "." + Group;

    /// <summary>The singular name.</summary>
    public string Singular { get; init; } = "";

    /// <summary>True when objects live in namespaces.</summary>
    public bool Namespaced { get; init; }

    /// <summary>The verbs in discovery's order.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>Short names.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The key prefix below <c>/registry/</c>; empty for kinds that are not stored.</summary>
    public string StoragePrefix { get; init; } = "";
}
