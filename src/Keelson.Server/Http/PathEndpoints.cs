using Keelson.Server.Authentication;

namespace Keelson.Server.Http;

/// <summary>What is served besides resources.</summary>
internal static class PathEndpoints
{
    /// <summary>All of it; the first that serves a path gets it.</summary>
    public static IReadOnlyList<IPathEndpoint> All(
        ApiServerConfig config, ServerSurface surface, Authenticators authenticators) =>
    [
        .. surface.Endpoints,
        new OpenIdEndpoint(authenticators.Keys, config),
    ];
}
