using System.Text;
using Keelson.Machinery.Wire;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Discovery;

/// <summary>Serves the list of paths at the root: discovery's, the health checks', and the fixed ones.</summary>
/// <param name="registry">What is offered.</param>
/// <param name="healthPaths">The paths of the health checks.</param>
internal sealed class RootIndexEndpoint(DiscoveryRegistry registry, Func<IEnumerable<string>> healthPaths)
    : IPathEndpoint
{
    private static readonly string[] Fixed =
    [
        "/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/", "/flagz", "/metrics",
            "/metrics/slis",
        "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/openid/v1/jwks", "/statusz", "/version",
    ];

    private volatile MadeDocument? _made;

    /// <inheritdoc/>
    public bool Serves(string path) => path is "/" or "/index.html" or "";

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        DiscoverySnapshot snapshot = registry.Current;
        if (_made is not { } made || made.Snapshot != snapshot)
        {
            _made = made = new MadeDocument(snapshot, Write(Paths(snapshot)));
        }

        http.Response.ContentType = MediaType.Json;
        return PlainAnswer.BytesAsync(http, made.Document);
    }

    /// <summary>Every path, sorted.</summary>
    internal IEnumerable<string> Paths(DiscoverySnapshot snapshot) => Fixed
        .Concat(healthPaths())
        .Concat(snapshot.Groups.Where(one => one.Name.Length > 0)
            .SelectMany(group => group.Versions.Select(one => $"/apis/{group.Name}/{one.Version}")
                .Prepend("/apis/" + group.Name)))
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>Always indented, as upstream's.</summary>
    private static byte[] Write(IEnumerable<string> paths)
    {
        StringBuilder text = new("{\n  \"paths\": [");
        string separator = "\n    ";
        foreach (string path in paths)
        {
            JsonBuffer quoted = new(256);
            quoted.Value(path);
            text.Append(separator).Append(Encoding.UTF8.GetString(quoted.Written));
            separator = ",\n    ";
        }

        return Encoding.UTF8.GetBytes(text.Append("\n  ]\n}").ToString());
    }

    private sealed record MadeDocument(DiscoverySnapshot Snapshot, byte[] Document);
}
