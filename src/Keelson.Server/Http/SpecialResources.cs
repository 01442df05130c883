using Keelson.Server.Authorization;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>The resources and subresources that are more than objects in the store.</summary>
internal static class SpecialResources
{
    /// <summary>All of them; the first that serves a call gets it.</summary>
    public static IReadOnlyList<ISpecialResource> All(
        ApiServerConfig config, ResourceVerbs verbs, IAuthorizer authorizer, IObjectLookup lookup) => [new ScaleResource(verbs)];
}
