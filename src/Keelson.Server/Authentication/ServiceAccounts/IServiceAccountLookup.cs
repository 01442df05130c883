namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>What tokens need to know about an object they name.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="DeletionTimestamp">When it was, or will be, deleted.</param>
public readonly record struct LiveObject(string Uid, DateTimeOffset? DeletionTimestamp);

/// <summary>Where the objects that tokens name are looked up. Answers come from the server's cache and therefore at
/// once; an implementation may look in the store itself for what the cache doesn't know yet.</summary>
public interface IServiceAccountLookup
{
    /// <summary>A service account; null when there is none.</summary>
    ValueTask<LiveObject?> FindServiceAccountAsync(
        string objectNamespace, string name, CancellationToken cancellation);

    /// <summary>A pod; null when there is none.</summary>
    ValueTask<LiveObject?> FindPodAsync(string objectNamespace, string name, CancellationToken cancellation);

    /// <summary>A node; null when there is none.</summary>
    ValueTask<LiveObject?> FindNodeAsync(string name, CancellationToken cancellation);

    /// <summary>A secret; null when there is none.</summary>
    ValueTask<LiveObject?> FindSecretAsync(string objectNamespace, string name, CancellationToken cancellation);

    /// <summary>The token that lies in a secret (<c>data.token</c>) and whether the secret is marked as invalid
    /// (label <c>kubernetes.io/legacy-token-invalid-since</c>); null when there is no such secret.</summary>
    ValueTask<(string Token, string? InvalidSince)?> FindLegacyTokenAsync(
        string objectNamespace, string secretName, CancellationToken cancellation);
}
