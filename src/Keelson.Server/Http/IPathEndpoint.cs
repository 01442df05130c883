using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Something besides resources that is served under paths of its own: discovery, health, metrics.</summary>
internal interface IPathEndpoint
{
    /// <summary>True for the paths served here.</summary>
    bool Serves(string path);

    /// <summary>Serves a request that has been authorized.</summary>
    Task ServeAsync(HttpContext http);
}
