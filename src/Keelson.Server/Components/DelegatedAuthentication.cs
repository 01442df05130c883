using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Authentication.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Upkeep;

namespace Keelson.Server.Components;

using UserInfo = Keelson.Server.Authentication.UserInfo;

/// <summary>Asks the API server whom a token belongs to. What it said is remembered for a moment.</summary>
internal sealed class DelegatedTokens(IApiClient client, TimeProvider clock) : ITokenAuthenticator
{
    // Upstream's: TokenReviews are kept for 10 seconds.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private const int MostKept = 4096;

    private readonly ConcurrentDictionary<string,
        (AuthenticationOutcome Outcome, long At)> _known = new(StringComparer.Ordinal);

    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation)
    {
        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_known.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < Kept)
        {
            return known.Outcome;
        }

        TokenReview review = new() { Spec = new TokenReviewSpec { Token = token } };
        ApiResult<TokenReview> answer = await client.CreateAsync(review, cancellation);
        if (!answer.TryGet(out TokenReview? read, out Api.Meta.V1.Status? error))
        {
            return AuthenticationOutcome.Failed(error.Message);
        }

        AuthenticationOutcome outcome = read.Status is { Authenticated: true, User: { } user }
            ? AuthenticationOutcome.Authenticated(new UserInfo
            {
                Name = user.Username,
                Uid = user.Uid,
                Groups = [.. user.Groups],
                Extra = user.Extra.ToDictionary(
                    static one => one.Key, static one => (IReadOnlyList<string>)[.. one.Value], StringComparer.Ordinal),
            })
            : AuthenticationOutcome.NotMine;
        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        _known[key] = (outcome, clock.GetTimestamp());
        return outcome;
    }
}

/// <summary>The authorities that the API server publishes, so that its extensions trust the clients it
/// trusts.</summary>
internal sealed class PublishedAuthorities(IApiClient client, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private CertificateAuthorities _current = new([]);
    private string _text = "";
    private long? _read;

    /// <summary>The authorities as they were when they were read last.</summary>
    public CertificateAuthorities Current => Volatile.Read(ref _current);

    /// <summary>Reads them when that was long ago; when they can't be read, the last ones count on.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        if (_read is { } at && clock.GetElapsedTime(at) < Fresh)
        {
            return;
        }

        ApiResult<ConfigMap> map = await client.GetAsync<ConfigMap>(
            PublishedTrust.Namespace, PublishedTrust.Name, cancellation);
        if (map.Error is null)
        {
            _read = clock.GetTimestamp();
            string text = map.Value.Data.GetValueOrDefault("client-ca-file") ?? "";
            if (text.Length > 0 && text != _text)
            {
                (_text, _current) = (text, CertificateAuthorities.FromPem(text));
            }
        }
    }
}
