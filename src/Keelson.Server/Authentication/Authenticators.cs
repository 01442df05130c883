namespace Keelson.Server.Authentication;

/// <summary>The ways to show who one is, in the order they are tried.</summary>
internal static class Authenticators
{
    /// <summary>The chain for a configuration.</summary>
    public static IRequestAuthenticator Chain(ApiServerConfig config, IObjectLookup lookup) =>
        new AuthenticationChain([new CertificateAuthenticator(config.ClientAuthorities, config.Clock)], config.Anonymous);
}
