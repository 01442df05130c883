using Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Images.Pulls;

/// <summary>Whose credentials an image was pulled with: a secret, or a service account.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hash">Of a secret: the hash of the credentials.</param>
internal sealed record PullSource(string Uid, string Namespace, string Name, string Hash = "")
{
    /// <summary>True for the same object, whatever is in it.</summary>
    public bool IsSameObject(PullSource other) =>
        (Uid, Namespace, Name) == (other.Uid, other.Namespace, other.Name);
}

/// <summary>Credentials to pull with. Those of nobody are the node's own, and good for all its pods.</summary>
/// <param name="Auth">The credentials.</param>
/// <param name="Secret">The secret that they are in.</param>
/// <param name="Account">The service account that they were given for.</param>
internal sealed record PullCredential(AuthConfig Auth, PullSource? Secret = null, PullSource? Account = null);

/// <summary>Who may use an image because they, or somebody, could pull it.</summary>
/// <param name="IsForAll">Every pod of the node: it was pulled without credentials, or with the node's.</param>
/// <param name="Secrets">Those that have one of these secrets, or the same credentials.</param>
/// <param name="Accounts">Pods of these service accounts.</param>
internal sealed record PullAccess(
    bool IsForAll, IReadOnlyList<PullSource> Secrets, IReadOnlyList<PullSource> Accounts)
{
    /// <summary>Nobody yet.</summary>
    public static PullAccess None { get; } = new(false, [], []);

    /// <summary>Those that credentials open it to; null stands for a pull without.</summary>
    public static PullAccess Of(PullCredential? used) => used switch
    {
        { Secret: { } secret } => None with { Secrets = [secret] },
        { Account: { } account } => None with { Accounts = [account] },
        _ => None with { IsForAll = true },
    };

    /// <summary>Whether one of these credentials opens it. A secret does if it is the same as one that did before, with
    /// what it says now, or says the same.</summary>
    public bool Covers(IEnumerable<PullCredential> credentials, out PullSource? seen)
    {
        seen = null;
        foreach (PullCredential one in credentials)
        {
            if (one.Secret is { } secret && Secrets.FirstOrDefault(it =>
                it.IsSameObject(secret) || (it.Hash.Length > 0 && it.Hash == secret.Hash)) is { } known)
            {
                seen = known == secret ? null : secret;
                return true;
            }

            if (one.Account is { } account && Accounts.Any(account.IsSameObject))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Both.</summary>
    public PullAccess With(PullAccess more) => IsForAll || more.IsForAll
        ? None with { IsForAll = true }
        : new(false, Join(Secrets, more.Secrets), Join(Accounts, more.Accounts));

    private static IReadOnlyList<PullSource> Join(IReadOnlyList<PullSource> old, IReadOnlyList<PullSource> added) =>
    [
        .. old.Where(one => !added.Any(one.IsSameObject)).Concat(added)
            .OrderBy(static one => one.Namespace, StringComparer.Ordinal)
            .ThenBy(static one => one.Name, StringComparer.Ordinal)
            .ThenBy(static one => one.Uid, StringComparer.Ordinal),
    ];
}
