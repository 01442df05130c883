namespace Keelson.Server.Http;

/// <summary>What is served besides resources.</summary>
internal static class PathEndpoints
{
    /// <summary>All of it; the first that serves a path gets it.</summary>
    public static IReadOnlyList<IPathEndpoint> All(ServerSurface surface) => [.. surface.Endpoints];
}
