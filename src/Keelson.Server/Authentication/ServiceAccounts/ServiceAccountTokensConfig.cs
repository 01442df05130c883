namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>The tokens of service accounts: those that are accepted, and those that are made.</summary>
public sealed record ServiceAccountTokensConfig
{
    /// <summary>The issuers accepted, the first of which is put into new tokens
    /// (<c>--service-account-issuer</c>).</summary>
    public IReadOnlyList<string> Issuers { get; init; } = ["https://kubernetes.default.svc.cluster.local"];

    /// <summary>The keys that verify (<c>--service-account-key-file</c>); empty for the one that signs.</summary>
    public IReadOnlyList<TokenKey> Keys { get; init; } = [];

    /// <summary>Where others find the keys (<c>--service-account-jwks-uri</c>); null for this server's own
    /// address.</summary>
    public string? KeysUri { get; init; }

    /// <summary>Whether a token in a Secret ends with the Secret (<c>--service-account-lookup</c>).</summary>
    public bool Lookup { get; init; } = true;

    /// <summary>How long a new token lives at most (<c>--service-account-max-token-expiration</c>); zero for no
    /// limit.</summary>
    public TimeSpan MaxExpiration { get; init; }

    /// <summary>
    /// Whether the tokens of pods live longer than they ask for (<c>--service-account-extend-token-expiration</c>).
    /// </summary>
    public bool ExtendExpiration { get; init; } = true;
}
