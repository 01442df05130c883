namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>The keys of service account tokens: one that signs, and all that verify.</summary>
public sealed class ServiceAccountKeys
{
    private readonly Task<TokenKey>? signing;
    private readonly Task<IReadOnlyList<TokenKey>> verifying;

    /// <summary>Takes the keys.</summary>
    /// <param name="signing">The signing key, possibly still in the making; null when tokens are signed elsewhere.
    /// </param>
    /// <param name="others">Further keys whose tokens are accepted, for example older ones.</param>
    /// <param name="onlyOthers">True when the signing key verifies only if it is among the others, too.</param>
    public ServiceAccountKeys(Task<TokenKey>? signing, IReadOnlyList<TokenKey> others, bool onlyOthers = false)
    {
        this.signing = signing;
        verifying = CollectAsync(onlyOthers ? null : signing, others);
    }

    /// <summary>The key to sign with.</summary>
    /// <exception cref="InvalidOperationException">Tokens are signed elsewhere.</exception>
    public ValueTask<TokenKey> SigningKeyAsync() => signing is not null
        ? new(signing)
        : throw new InvalidOperationException("no key to sign service account tokens with");

    /// <summary>The keys to verify with; the signing key, if it is one of its own, first.</summary>
    public ValueTask<IReadOnlyList<TokenKey>> VerifyingKeysAsync() => new(verifying);

    private static async Task<IReadOnlyList<TokenKey>> CollectAsync(
        Task<TokenKey>? signing, IReadOnlyList<TokenKey> others)
    {
        if (signing is null)
        {
            return others;
        }
        var first = await signing;
        return [first, .. others.Where(key => key.Id != first.Id)];
    }
}
