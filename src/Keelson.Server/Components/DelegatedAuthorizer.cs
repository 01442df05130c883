using System.Collections.Concurrent;
using Keelson.Api.Authorization.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;

namespace Keelson.Server.Components;

/// <summary>
/// Paths that are open to all; then masters, who may do everything; then whatever the API server says, which is
/// remembered for a moment.
/// </summary>
internal sealed class DelegatedAuthorizer(IApiClient? client, IReadOnlyList<string> openPaths, TimeProvider clock)
{
    // Upstream's: what was allowed and what was not is kept for 10 seconds.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private const int MostKept = 4096;

    private readonly ConcurrentDictionary<(string User, string Groups, string Verb, string Path),
        (AuthorizationDecision Decision, long At)> _known = [];

    public async ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (openPaths.Any(path => IsMatch(path, attributes.Path))
            || attributes.User.Groups.Contains(WellKnownUsers.MastersGroup))
        {
            return AuthorizationDecision.Allow;
        }

        if (client is null)
        {
            return AuthorizationDecision.NoOpinion;
        }

        var key = (attributes.User.Name, string.Join('\n', attributes.User.Groups), attributes.Verb, attributes.Path);
        if (_known.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < Kept)
        {
            return known.Decision;
        }

        ApiResult<SubjectAccessReview> answer = await client.CreateAsync(ReviewOf(attributes), cancellation);
        if (!answer.TryGet(out SubjectAccessReview? review, out Api.Meta.V1.Status? error))
        {
            return new(AuthorizationVerdict.NoOpinion, "", error.Message);
        }

        AuthorizationDecision decision = review.Status.Allowed
            ? new(AuthorizationVerdict.Allow, review.Status.Reason)
            : new(
                review.Status.Denied ? AuthorizationVerdict.Deny : AuthorizationVerdict.NoOpinion,
                    review.Status.Reason);
        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        _known[key] = (decision, clock.GetTimestamp());
        return decision;
    }

    private static bool IsMatch(string pattern, string path) => pattern.EndsWith('*')
        ? path.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : path == pattern;

    private static SubjectAccessReview ReviewOf(AuthorizationAttributes attributes) => new()
    {
        Spec = new SubjectAccessReviewSpec
        {
            User = attributes.User.Name,
            Uid = attributes.User.Uid,
            Groups = [.. attributes.User.Groups],
            NonResourceAttributes = new NonResourceAttributes { Path = attributes.Path, Verb = attributes.Verb },
        },
    };
}
