using System.Security.Cryptography;
using System.Text;
using Keelson.Machinery.Validation;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>Which tokens of service accounts are accepted.</summary>
public sealed record ServiceAccountTokenConfig
{
    /// <summary>The issuers accepted; the first one issues (<c>--service-account-issuer</c>).</summary>
    public required IReadOnlyList<string> Issuers { get; init; }

    /// <summary>The server's own audiences (<c>--api-audiences</c>).</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Whether a token that lies in a Secret works only as long as it lies there
    /// (<c>--service-account-lookup</c>).
    /// </summary>
    public bool Lookup { get; init; } = true;
}

/// <summary>Tokens of service accounts: those bound to objects, and the older ones that lie in Secrets. The signature
/// of a token is checked once; whether all that it names still exists is checked at every request.</summary>
public sealed class ServiceAccountTokenAuthenticator(
    ServiceAccountTokenConfig config, ServiceAccountKeys keys, IServiceAccountLookup lookup, TimeProvider time)
    : ITokenAuthenticator
{
    // What clocks may differ by; go-jose's default.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    private readonly VerifiedTokenCache verified = new(capacity: 4096);

    /// <inheritdoc/>
    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation)
    {
        if (!verified.TryGet(token, out var known))
        {
            var (signed, outcome) = await VerifySignatureAsync(token);
            if (signed is null)
            {
                return outcome;
            }
            verified.Add(token, known = signed);
        }
        var claims = known.Claims;
        var asked = audiences ?? config.Audiences;
        var named = claims.Audiences.Count > 0 ? claims.Audiences : config.Audiences;
        var common = Intersect(named, asked);
        if (common.Count == 0 && config.Audiences.Count > 0)
        {
            return AuthenticationOutcome.Failed($"token audiences {QuoteAll(named)} is invalid for the target "
                + $"audiences {QuoteAll(asked)}");
        }
        var failure = claims.Issuer == ServiceAccountClaims.LegacyIssuer
            ? await CheckLegacyAsync(token, claims, cancellation)
            : CheckTimes(claims) ?? await CheckObjectsAsync(claims, cancellation);
        return failure is not null
            ? AuthenticationOutcome.Failed(failure)
            : AuthenticationOutcome.Authenticated(known.User, common) with { AuditAnnotations = Annotate(claims) };
    }

    private async ValueTask<(VerifiedToken? Token, AuthenticationOutcome Outcome)> VerifySignatureAsync(string token)
    {
        if (!JsonWebToken.TryParse(token, out var parsed)
            || ServiceAccountClaimsReader.ReadIssuer(parsed.Payload) is not { } issuer
            || (issuer != ServiceAccountClaims.LegacyIssuer
                && !config.Issuers.Contains(issuer, StringComparer.Ordinal)))
        {
            return (null, AuthenticationOutcome.NotMine);
        }
        foreach (var key in await keys.VerifyingKeysAsync())
        {
            if (!parsed.IsSignedBy(key))
            {
                continue;
            }
            return ServiceAccountClaimsReader.Read(parsed.Payload) is { } claims
                ? (new VerifiedToken(claims, ToUser(claims)), default)
                : (null, AuthenticationOutcome.Failed("go-jose/go-jose/jwt: invalid claims"));
        }
        return (null, AuthenticationOutcome.Failed("go-jose/go-jose: error in cryptographic primitive"));
    }

    private string? CheckTimes(ServiceAccountClaims claims)
    {
        var now = time.GetUtcNow();
        long earliest = (now - Leeway).ToUnixTimeSeconds(), latest = (now + Leeway).ToUnixTimeSeconds();
        if (claims.NotBefore > latest)
        {
            return "service account token is not valid yet";
        }
        if (claims.Expiry < earliest)
        {
            return "service account token has expired";
        }
        return claims.IssuedAt > latest ? "service account token is issued in the future" : null;
    }

    private async ValueTask<string?> CheckObjectsAsync(ServiceAccountClaims claims, CancellationToken cancellation)
    {
        const string invalidated = "service account token has been invalidated";
        var (accountNamespace, account) = (claims.Namespace, claims.ServiceAccount);
        var live = await lookup.FindServiceAccountAsync(accountNamespace, account.Name, cancellation);
        if (CheckAccount(live, claims) is { } failure)
        {
            return failure;
        }
        if (claims.Secret is { } secretReference)
        {
            var secret = await lookup.FindSecretAsync(accountNamespace, secretReference.Name, cancellation);
            if (secret is { } found && found.Uid != secretReference.Uid)
            {
                return $"secret UID ({found.Uid}) does not match service account secret ref claim "
                    + $"({secretReference.Uid})";
            }
            if (IsGone(secret))
            {
                return invalidated;
            }
        }
        if (claims.Pod is { } podReference)
        {
            var pod = await lookup.FindPodAsync(accountNamespace, podReference.Name, cancellation);
            if (pod is { } found && found.Uid != podReference.Uid)
            {
                return $"pod UID ({found.Uid}) does not match service account pod ref claim ({podReference.Uid})";
            }
            return IsGone(pod) ? invalidated : null;
        }
        if (claims.Node is { } nodeReference)
        {
            var node = await lookup.FindNodeAsync(nodeReference.Name, cancellation);
            if (node is { } found && found.Uid != nodeReference.Uid)
            {
                return $"node UID ({found.Uid}) does not match service account node ref claim ({nodeReference.Uid})";
            }
            return IsGone(node) ? invalidated : null;
        }
        return null;
    }

    private string? CheckAccount(LiveObject? account, ServiceAccountClaims claims)
    {
        var (name, uid) = claims.ServiceAccount;
        if (account is not { } live)
        {
            return $"serviceaccounts {GoText.Quote(name)} not found";
        }
        if (live.Uid != uid)
        {
            return $"service account UID ({live.Uid}) does not match claim ({uid})";
        }
        return IsGone(live) ? $"service account {claims.Namespace}/{name} has been deleted" : null;
    }

    // An object on its way out keeps its tokens working until its grace period is over.
    private bool IsGone(LiveObject? found) =>
        found is not { } live || live.DeletionTimestamp < time.GetUtcNow() - Leeway;

    private async ValueTask<string?> CheckLegacyAsync(
        string token, ServiceAccountClaims claims, CancellationToken cancellation)
    {
        var (accountNamespace, account, secretName) = (claims.Namespace, claims.ServiceAccount, claims.Secret?.Name);
        if (accountNamespace.Length == 0)
        {
            return "namespace claim is missing";
        }
        if (string.IsNullOrEmpty(secretName))
        {
            return "secretName claim is missing";
        }
        if (account.Name.Length == 0)
        {
            return "serviceAccountName claim is missing";
        }
        if (account.Uid.Length == 0)
        {
            return "serviceAccountUID claim is missing";
        }
        if (claims.Subject != ServiceAccountUsers.UserName(accountNamespace, account.Name))
        {
            return "sub claim is invalid";
        }
        if (!config.Lookup)
        {
            return null;
        }
        if (await lookup.FindLegacyTokenAsync(accountNamespace, secretName, cancellation) is not { } secret)
        {
            return "token has been invalidated";
        }
        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(secret.Token), Encoding.UTF8.GetBytes(token)))
        {
            return "token does not match server's copy";
        }
        if (secret.InvalidSince is { } since)
        {
            return $"the token in secret {accountNamespace}/{secretName} for service account {accountNamespace}/"
                + $"{account.Name} has been marked invalid. Use tokens from the TokenRequest API or manually created "
                + "secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret "
                + "to temporarily allow use of this token: invalid since " + since;
        }
        var live = await lookup.FindServiceAccountAsync(accountNamespace, account.Name, cancellation);
        return CheckAccount(live, claims);
    }

    private Dictionary<string, string>? Annotate(ServiceAccountClaims claims)
    {
        if (claims.Audiences.Count == 0)
        {
            return new() { ["authentication.k8s.io/legacy-token"] = claims.Subject };
        }
        var late = claims.WarnAfter is > 0 and var warnAfter ? time.GetUtcNow().ToUnixTimeSeconds() - warnAfter : 0;
        return late <= 0 ? null : new()
        {
            ["authentication.k8s.io/stale-token"] =
                $"subject: {claims.Subject}, seconds after warning threshold: {late}",
        };
    }

    private static UserInfo ToUser(ServiceAccountClaims claims)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (claims.Pod is { Name.Length: > 0, Uid.Length: > 0 } pod)
        {
            extra[WellKnownUsers.PodNameKey] = [pod.Name];
            extra[WellKnownUsers.PodUidKey] = [pod.Uid];
        }
        if (claims.Id.Length > 0)
        {
            extra[WellKnownUsers.CredentialIdKey] = [$"JTI={claims.Id}"];
        }
        if (claims.Node is { Name.Length: > 0 } node)
        {
            extra[WellKnownUsers.NodeNameKey] = [node.Name];
            if (node.Uid.Length > 0)
            {
                extra[WellKnownUsers.NodeUidKey] = [node.Uid];
            }
        }
        return new UserInfo
        {
            Name = ServiceAccountUsers.UserName(claims.Namespace, claims.ServiceAccount.Name),
            Uid = claims.ServiceAccount.Uid,
            Groups = ServiceAccountUsers.Groups(claims.Namespace),
            Extra = extra,
        };
    }

    // Nearly always all that a token names was asked for, and then its own list serves.
    private static IReadOnlyList<string> Intersect(IReadOnlyList<string> named, IReadOnlyList<string> asked)
    {
        for (var i = 0; i < named.Count; i++)
        {
            if (!asked.Contains(named[i]))
            {
                return [.. named.Where(one => asked.Contains(one))];
            }
        }
        return named;
    }

    private static string QuoteAll(IEnumerable<string> values) => $"[{string.Join(' ', values.Select(GoText.Quote))}]";
}
