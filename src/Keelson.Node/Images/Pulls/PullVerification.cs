namespace Keelson.Nodes.Images.Pulls;

/// <summary>Of which images pods must show that they could pull them, though they are here
/// (<c>imagePullCredentialsVerificationPolicy</c>).</summary>
public enum PullVerificationPolicy
{
    /// <summary>Of those that the agent pulled.</summary>
    NeverVerifyPreloadedImages,

    /// <summary>Of none.</summary>
    NeverVerify,

    /// <summary>Of all but those on a list.</summary>
    NeverVerifyAllowlistedImages,

    /// <summary>Of all.</summary>
    AlwaysVerify,
}

/// <summary>Decides whether a pod may use an image that is here, or must pull it to show that it could.</summary>
/// <param name="records">Who could pull what.</param>
/// <param name="policy">Of which images this is asked.</param>
/// <param name="allowed">The images on the list: names, or <c>registry/path/*</c>.</param>
internal sealed class PullVerification(
    PullRecords records, PullVerificationPolicy policy, IReadOnlyList<string> allowed)
{
    /// <summary>Who could pull what.</summary>
    public PullRecords Records => records;

    /// <summary>True when the image must be pulled.</summary>
    /// <param name="name">The image's name with its tag.</param>
    /// <param name="id">The image's id.</param>
    /// <param name="credentials">Reads the pod's credentials, when they matter.</param>
    public async ValueTask<bool> MustPullAsync(
        string name, string id, Func<Task<IReadOnlyList<PullCredential>>> credentials)
    {
        string repository = ImageName.FullRepository(name);
        if (!IsAsked(name, id, repository))
        {
            records.Checked("credentialPolicyAllowed");
            return false;
        }

        try
        {
            bool mustPull = await MustAuthenticateAsync(id, repository, credentials);
            records.Checked(mustPull ? "mustAuthenticate" : "credentialRecordFound");
            return mustPull;
        }
        catch
        {
            records.Checked("error");
            throw;
        }
    }

    private async ValueTask<bool> MustAuthenticateAsync(
        string id, string repository, Func<Task<IReadOnlyList<PullCredential>>> credentials)
    {
        if (records.Find(id, repository) is not { } access)
        {
            return true;
        }

        if (access.IsForAll)
        {
            return false;
        }

        if (access is { Secrets.Count: 0, Accounts.Count: 0 }
            || !access.Covers(await credentials(), out PullSource? seen))
        {
            return true;
        }

        if (seen is not null)
        {
            records.Add(id, repository, PullAccess.None with { Secrets = [seen] });
        }

        return false;
    }

    private bool IsAsked(string name, string id, string repository) => policy switch
    {
        PullVerificationPolicy.NeverVerify => false,
        PullVerificationPolicy.NeverVerifyPreloadedImages => records.IsOurs(name, id),
        PullVerificationPolicy.NeverVerifyAllowlistedImages => !allowed.Any(one => Covers(one, repository)),
        _ => true,
    };

    private static bool Covers(string pattern, string repository) => pattern.EndsWith("/*", StringComparison.Ordinal)
        ? repository.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : repository == pattern;
}
