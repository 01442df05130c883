using Keelson.Server.Authentication.ServiceAccounts;

namespace Keelson.Server.Authentication;

/// <summary>The ways to show who one is, in the order they are tried.</summary>
internal sealed class Authenticators
{
    private Authenticators(ApiServerConfig config, IObjectLookup lookup)
    {
        ServiceAccountTokensConfig accounts = config.ServiceAccountTokens;
        Audiences = config.Audiences.Count > 0 ? config.Audiences : [config.ServiceAccountIssuer];
        Keys = new ServiceAccountKeys(Prepare(config.ServiceAccountKey), accounts.Keys, accounts.Keys.Count > 0);
        var tokens = new BearerTokenAuthenticator([.. TokensOf(config, lookup)]);
        Tokens = new AuthenticationChain([tokens], new AnonymousConfig { Enabled = false });
        Chain = new AuthenticationChain([.. WithoutTokens(config), tokens], config.Anonymous);
    }

    /// <summary>Finds out who makes a request.</summary>
    public IRequestAuthenticator Chain { get; }

    /// <summary>Finds out whom a bearer token belongs to, for token reviews.</summary>
    public IRequestAuthenticator Tokens { get; }

    /// <summary>The keys of service account tokens.</summary>
    public ServiceAccountKeys Keys { get; }

    /// <summary>The server's own audiences.</summary>
    public IReadOnlyList<string> Audiences { get; }

    /// <summary>The authenticators of a configuration.</summary>
    /// <exception cref="FormatException">The token file is not as it should be.</exception>
    public static Authenticators Create(ApiServerConfig config, IObjectLookup lookup) => new(config, lookup);

    private static IEnumerable<IRequestAuthenticator> WithoutTokens(ApiServerConfig config)
    {
        if (config.FrontProxyAuthorities is { } frontProxies)
        {
            yield return new FrontProxyAuthenticator(frontProxies, config.FrontProxy, config.Clock);
        }

        // Where nobody vouches for clients, certificates they show mean nothing, rather than being refused.
        if (config.ClientAuthorities().Certificates.Count > 0)
        {
            yield return new CertificateAuthenticator(config.ClientAuthorities, config.Clock);
        }
    }

    private IEnumerable<ITokenAuthenticator> TokensOf(ApiServerConfig config, IObjectLookup lookup)
    {
        if (config.TokenFile is { } path)
        {
            yield return new AudienceAgnosticTokens(
                TokenFileAuthenticator.Parse(File.ReadAllText(path), path), Audiences);
        }
        yield return new ServiceAccountTokenAuthenticator(
            new ServiceAccountTokenConfig
            {
                Issuers = config.ServiceAccountTokens.Issuers,
                Audiences = Audiences,
                Lookup = config.ServiceAccountTokens.Lookup,
            },
            Keys, new CachedServiceAccounts(lookup), config.Clock);
        if (config.BootstrapTokens)
        {
            yield return new AudienceAgnosticTokens(
                new BootstrapTokenAuthenticator(new CachedBootstrapSecrets(lookup), config.Clock), Audiences);
        }
    }

    private static async Task<TokenKey> Prepare(Task<System.Security.Cryptography.AsymmetricAlgorithm> key) =>
        new(await key);
}
