namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>What a token is asked to be.</summary>
public sealed record ServiceAccountTokenSpec
{
    /// <summary>The service account's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The service account.</summary>
    public required BoundReference ServiceAccount { get; init; }

    /// <summary>For whom it is made.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>How long it works.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>After which time its user should have fetched a new one; null when the end is the end.</summary>
    public TimeSpan? WarnAfter { get; init; }

    /// <summary>The pod it is bound to.</summary>
    public BoundReference? Pod { get; init; }

    /// <summary>The pod's node, or the node it is bound to.</summary>
    public BoundReference? Node { get; init; }

    /// <summary>The secret it is bound to.</summary>
    public BoundReference? Secret { get; init; }
}

/// <summary>Makes tokens for service accounts.</summary>
public sealed class ServiceAccountTokenIssuer(string issuer, ServiceAccountKeys keys, TimeProvider time)
{
    /// <summary>Makes a token that ends.</summary>
    /// <returns>The token, its id, and when it ends.</returns>
    public async ValueTask<(string Token, string Id, DateTimeOffset Expiry)> IssueAsync(ServiceAccountTokenSpec spec)
    {
        var now = time.GetUtcNow();
        var expiry = now + spec.Lifetime;
        var claims = new ServiceAccountClaims
        {
            Issuer = issuer,
            Subject = ServiceAccountUsers.UserName(spec.Namespace, spec.ServiceAccount.Name),
            Audiences = spec.Audiences,
            Expiry = expiry.ToUnixTimeSeconds(),
            IssuedAt = now.ToUnixTimeSeconds(),
            NotBefore = now.ToUnixTimeSeconds(),
            Id = Guid.NewGuid().ToString(),
            Namespace = spec.Namespace,
            ServiceAccount = spec.ServiceAccount,
            Pod = spec.Pod,
            Node = spec.Node,
            Secret = spec.Secret,
            WarnAfter = spec.WarnAfter is { } warnAfter ? (now + warnAfter).ToUnixTimeSeconds() : null,
        };
        return (JsonWebToken.Create(await keys.SigningKeyAsync(), claims), claims.Id, expiry);
    }

    /// <summary>Makes a token that lies in a Secret of type <c>kubernetes.io/service-account-token</c> and works as
    /// long as that Secret holds it.</summary>
    public async ValueTask<string> IssueLegacyAsync(
        string accountNamespace, BoundReference serviceAccount, string secretName)
    {
        var claims = new ServiceAccountClaims
        {
            Issuer = ServiceAccountClaims.LegacyIssuer,
            Subject = ServiceAccountUsers.UserName(accountNamespace, serviceAccount.Name),
            Namespace = accountNamespace,
            ServiceAccount = serviceAccount,
            Secret = new BoundReference(secretName, ""),
        };
        return JsonWebToken.Create(await keys.SigningKeyAsync(), claims);
    }
}
