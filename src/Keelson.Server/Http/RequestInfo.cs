namespace Keelson.Server.Http;

/// <summary>What a request's method and path ask for, in the terms of authorization.</summary>
public sealed record RequestInfo
{
    /// <summary>The path as sent.</summary>
    public required string Path { get; init; }

    /// <summary>The API's verb for resources, the method in small letters for other paths.</summary>
    public required string Verb { get; init; }

    /// <summary>True for <c>/api/v1/…</c> and <c>/apis/group/version/…</c> that name a resource.</summary>
    public bool IsResource { get; init; }

    /// <summary><c>api</c> or <c>apis</c>; empty for other paths.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The group; empty for core.</summary>
    public string Group { get; init; } = "";

    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The namespace; empty for the cluster or all.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The resource.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The subresource; empty for none.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The object's name; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The segments from the resource on.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>
    /// Whether the request may go on for as long as it likes: a watch, or a stream from or to a container. Neither
    /// deadline nor limit is for these.
    /// </summary>
    public bool IsLongRunning => IsResource
        ? Verb == "watch" || Subresource is "attach" or "exec" or "proxy" or "log" or "portforward"
        : Path.StartsWith("/debug/pprof/", StringComparison.Ordinal);

    /// <summary>True for <c>…/namespaces/NAMESPACE/RESOURCE</c>, whether or not the namespace is empty.</summary>
    public bool IsInNamespace { get; init; }

    /// <summary>True for the older form of a watch, <c>/api/v1/watch/…</c>.</summary>
    public bool IsWatchPath { get; init; }

    /// <summary>
    /// True for a path that begins with one slash and names a group where it has to: only those lead to resources,
    /// although authorization takes others as resources, too.
    /// </summary>
    public bool HasRoot => Path.StartsWith(Group.Length == 0 ? "/api/" : $"/apis/{Group}/", StringComparison.Ordinal);

    /// <summary>Reads a request's method and path; <paramref name="isWatch"/> tells whether its query asks for a
    /// watch.</summary>
    public static RequestInfo Read(string method, string path, bool isWatch)
    {
        RequestInfo plain = new() { Path = path, Verb = method.ToLowerInvariant() };
        string[] segments = path.Trim('/').Split('/');
        int skip = segments switch
        {
            ["api", _, _, ..] => 2,
            ["apis", _, _, _, ..] => 3,
            _ => 0,
        };
        if (skip == 0)
        {
            return plain;
        }

        string[] rest = segments[skip..];
        bool isWatchPath = rest is ["watch", _, ..];
        string verb = isWatchPath ? "watch" : method switch
        {
            "POST" => "create",
            "GET" or "HEAD" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };
        rest = isWatchPath ? rest[1..] : rest;
        bool isInNamespace = rest is ["namespaces", _, not ("status" or "finalize"), ..];
        string @namespace = rest is ["namespaces", var one, ..] ? one : "";
        rest = isInNamespace ? rest[2..] : rest;
        string name = rest.Length > 1 ? rest[1] : "";
        if (name.Length == 0)
        {
            verb = verb switch
            {
                "get" => isWatch ? "watch" : "list",
                "delete" => "deletecollection",
                _ => verb,
            };
        }

        return plain with
        {
            Verb = verb,
            IsResource = true,
            Prefix = segments[0],
            Group = skip == 3 ? segments[1] : "",
            Version = segments[skip - 1],
            Namespace = @namespace,
            Resource = rest[0],
            Name = name,
            Subresource = rest.Length > 2 ? rest[2] : "",
            Parts = rest,
            IsInNamespace = isInNamespace,
            IsWatchPath = isWatchPath,
        };
    }
}
