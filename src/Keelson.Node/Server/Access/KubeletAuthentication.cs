using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Authentication.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Access;

/// <summary>Finds out who asks: by certificate, by a token that the API reviews, or nobody in particular.</summary>
internal sealed class KubeletAuthentication(KubeletServerConfig config)
{
    private const string Bearer = "Bearer ";

    private readonly ClientCertificates _certificates = new(config.ClientAuthorities, config.Clock);
    private readonly ReviewCache<KubeletUser?> _tokens = new(config.Clock);

    /// <summary>Who asks; null when that is not clear, which is answered with 401.</summary>
    public async ValueTask<KubeletUser?> AuthenticateAsync(HttpContext http)
    {
        if (_certificates.Authenticate(http) is { } known)
        {
            return known.AsAuthenticated();
        }

        string header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && header[Bearer.Length..].Trim() is { Length: > 0 } token)
        {
            KubeletUser? user = config.Access.TokenReviews ? await ReviewAsync(token, http.RequestAborted) : null;
            return user?.AsAuthenticated();
        }

        return config.Access.Anonymous ? KubeletUser.Anonymous : null;
    }

    private async ValueTask<KubeletUser?> ReviewAsync(string token, CancellationToken cancellation)
    {
        // Tokens are secrets: the cache knows their digests.
        string question = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_tokens.TryGet(question, out KubeletUser? user))
        {
            return user;
        }

        ApiResult<TokenReview> reviewed = await config.Client.CreateAsync(
            new TokenReview { Spec = new TokenReviewSpec { Token = token } }, cancellation);
        if (!reviewed.TryGet(out TokenReview? review, out Keelson.Api.Meta.V1.Status? error))
        {
            config.Log("a token can't be reviewed: " + error.Message);
            return null;
        }

        user = review.Status.Authenticated ? UserOf(review.Status.User) : null;
        _tokens.Keep(question, user, config.Access.TokenReviewLifetime);
        return user;
    }

    private static KubeletUser UserOf(UserInfo info) => new(info.Username, info.Uid, [.. info.Groups])
    {
        Extra = info.Extra.ToDictionary(
            static one => one.Key, static one => (IReadOnlyList<string>)[.. one.Value], StringComparer.Ordinal),
    };
}
