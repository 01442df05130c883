namespace Keelson.Server.Authorization;

/// <summary>The authorizers of <c>--authorization-mode</c>, behind the group that may always do everything.</summary>
internal static class Authorizers
{
    /// <summary>The chain for a configuration.</summary>
    public static IAuthorizer Chain(ApiServerConfig config, IObjectLookup lookup) =>
        new AuthorizerChain([new PrivilegedGroupAuthorizer(Authentication.WellKnownUsers.MastersGroup)]);
}
