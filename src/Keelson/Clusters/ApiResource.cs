namespace Keelson.Clusters;

/// <summary>A kind of objects that the server has, in one of its versions.</summary>
internal sealed record ApiResource(string Group, string Version, string Name, string Kind, bool IsNamespaced)
{
    /// <summary>The name of one of them: <c>pod</c>.</summary>
    public string Singular { get; init; } = "";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>What can be asked of one of them beside itself: <c>scale</c>.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary><c>v1</c>, <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>pods</c>, <c>deployments.apps</c>.</summary>
    public string GroupResource => Group.Length == 0 ? Name : $"{Name}.{Group}";

    /// <summary><c>pod</c>, <c>deployment.apps</c>: what stands before a slash and a name.</summary>
    public string GroupKind => (Group.Length == 0 ? Kind : $"{Kind}.{Group}").ToLowerInvariant();

    /// <summary>The path of all objects, or those of a namespace, or one.</summary>
    public string Path(string @namespace, string name = "", string subresource = "")
    {
        string path = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        string within = IsNamespaced && @namespace.Length > 0 ? $"/namespaces/{Uri.EscapeDataString(@namespace)}" : "";
        path += $"{within}/{Name}";
        path += name.Length > 0 ? "/" + Uri.EscapeDataString(name) : "";
        return subresource.Length > 0 ? $"{path}/{subresource}" : path;
    }
}
