using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;
using Keelson.Machinery.Yaml;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Discovery;

/// <summary>
/// Serves /api, /apis and what lies between them and the resources. One group or group version is one document; the
/// aggregated form, asked for by the Accept header, holds everything in two.
/// </summary>
/// <param name="registry">What is offered.</param>
/// <param name="serverAddress">The host and port that clients reach this server at, shown at /api.</param>
internal sealed class DiscoveryEndpoint(DiscoveryRegistry registry, Func<string> serverAddress) : IPathEndpoint
{
    private DiscoveryDocument? _versions;

    /// <inheritdoc/>
    public bool Serves(string path) => path.StartsWith("/api", StringComparison.Ordinal)
        && (path.Length == 4 || path[4] == '/'
            || (path.StartsWith("/apis", StringComparison.Ordinal) && (path.Length == 5 || path[5] == '/')));

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        string[] segments = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        DiscoverySnapshot snapshot = registry.Current;
        return segments switch
        {
            ["api"] => ServeRootAsync(http, snapshot, core: true),
            ["apis"] => ServeRootAsync(http, snapshot, core: false),
            ["api", var version] when snapshot.Group("") is { } core =>
                ServeVersionAsync(http, snapshot, core, version),
            ["api", ..] => AnswerWriter.WriteStatusAsync(http, ApiErrors.NoSuchResource()),
            ["apis", var name, ..] when snapshot.Group(name) is { } group => segments.Length switch
            {
                2 => WriteAsync(http, snapshot.OfGroup(group), routed: false),
                3 => ServeVersionAsync(http, snapshot, group, segments[2]),
                _ => NoSuchVersionAsync(http, group),
            },
            _ => PlainAnswer.NotFoundAsync(http),
        };
    }

    private Task ServeRootAsync(HttpContext http, DiscoverySnapshot snapshot, bool core)
    {
        if (AggregatedVersion(http) is { } aggregated)
        {
            return WriteAggregatedAsync(http, snapshot.Aggregated(core, aggregated.Version), aggregated);
        }

        if (!core)
        {
            return WriteAsync(http, snapshot.GroupList(), routed: false);
        }

        _versions ??= DiscoveryDocument.Of(new APIVersions
        {
            Versions = ["v1"],
            ServerAddressByClientCIDRs =
                [new ServerAddressByClientCIDR { ClientCIDR = "0.0.0.0/0", ServerAddress = serverAddress() }],
        });
        return WriteAsync(http, _versions, routed: true);
    }

    private static Task ServeVersionAsync(
        HttpContext http, DiscoverySnapshot snapshot, DiscoveryGroup group, string name)
    {
        DiscoveryVersion? version = group.Versions.FirstOrDefault(one => one.Version == name);
        return version is null
            ? NoSuchVersionAsync(http, group)
            : WriteAsync(http, snapshot.OfVersion(group, version), routed: group.IsBuiltIn);
    }

    private static Task NoSuchVersionAsync(HttpContext http, DiscoveryGroup group) =>
        group.IsBuiltIn ? AnswerWriter.WriteStatusAsync(http, ApiErrors.NoSuchResource())
            : PlainAnswer.NotFoundAsync(http);

    /// <summary>
    /// Writes a document. Upstream has two ways to it: routes, which check method and Accept themselves, and plain
    /// handlers, which take any method and word the refusal differently.
    /// </summary>
    private static Task WriteAsync(HttpContext http, DiscoveryDocument document, bool routed)
    {
        if (routed && http.Request.Method != "GET")
        {
            return AnswerWriter.WriteStatusAsync(http, ApiErrors.MethodNotAllowed());
        }

        if (Format(http, routed) is not { } format)
        {
            Status refusal = routed
                ? ApiErrors.NotAcceptable(MediaType.Available)
                : ApiErrors.NotAcceptableText("only the following media types are accepted: " + MediaType.Available);
            return AnswerWriter.WriteStatusAsync(http, refusal);
        }

        http.Response.Headers.Vary = "Accept";
        return AnswerWriter.WriteBytesAsync(
            http, StatusCodes.Status200OK, format == WireFormat.Protobuf ? document.Proto : document.Json, format);
    }

    /// <summary>The encoding asked for; null for none that is served. Routes know no partial wildcards.</summary>
    private static WireFormat? Format(HttpContext http, bool routed)
    {
        foreach (AcceptClause clause in AcceptClause.Read(http.Request.Headers.Accept.ToString()))
        {
            if (clause["as"].Length > 0 || (routed && clause.Type == "application/*"))
            {
                continue;
            }

            if (FormatOf(clause) is { } format)
            {
                return format;
            }
        }

        return null;
    }

    private static WireFormat? FormatOf(AcceptClause clause) => clause.Takes(MediaType.Json) ? WireFormat.Json
        : clause.Takes(MediaType.Yaml) ? WireFormat.Yaml
        : clause.Takes(MediaType.Protobuf) ? WireFormat.Protobuf
        : null;

    /// <summary>The encoding and version of the aggregated form, when the clause wanted most asks for that.</summary>
    private static (WireFormat Format, string Version)? AggregatedVersion(HttpContext http)
    {
        foreach (AcceptClause clause in AcceptClause.Read(http.Request.Headers.Accept.ToString()))
        {
            if (FormatOf(clause) is not { } format)
            {
                continue;
            }

            if (clause["as"].Length == 0)
            {
                return null;
            }

            if (clause["as"] == AggregatedDiscovery.Kind && clause["g"] == AggregatedDiscovery.Group
                && clause["v"] is "v2" or "v2beta1")
            {
                return (format, clause["v"]);
            }
        }

        return null;
    }

    private static async Task WriteAggregatedAsync(
        HttpContext http, DiscoveryDocument document, (WireFormat Format, string Version) form)
    {
        http.Response.Headers.Vary = "Accept";
        http.Response.Headers.ETag = document.ETag;
        if (http.Request.Headers.IfNoneMatch == document.ETag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        string type = new MediaType(form.Format, default, "", false).ContentType;
        byte[] bytes = form.Format switch
        {
            WireFormat.Protobuf => document.Proto,
            WireFormat.Yaml => YamlWriter.Write(TreeReader.Read(document.Json)),
            _ => document.Json,
        };
        http.Response.ContentType =
            $"{type};g={AggregatedDiscovery.Group};v={form.Version};as={AggregatedDiscovery.Kind}";
        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }
}
