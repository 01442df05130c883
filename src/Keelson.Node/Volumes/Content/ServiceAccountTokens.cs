using System.Collections.Concurrent;
using Keelson.Api.Authentication.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>A token for a pod, or why there is none.</summary>
/// <param name="Status">The token with its end; null when there is none.</param>
/// <param name="Error">Null, or the server's words.</param>
internal readonly record struct PodToken(TokenRequestStatus? Status, string? Error);

/// <summary>
/// Tokens of the pods' service accounts, bound to the pods. One is asked for anew when four fifths of its time have
/// passed or it is a day old, less some seconds by chance so that not all come at once (upstream's numbers); while that
/// fails, the old one serves as long as it is valid.
/// </summary>
internal sealed class ServiceAccountTokens(IApiClient client, TimeProvider clock)
{
    private const double ServedShare = 0.8;
    private const int JitterSecondsMax = 10;
    private static readonly TimeSpan OldestMax = TimeSpan.FromHours(24);

    // What was issued in the future is good for nobody: the clock was set back. Servers allow for as much.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);
    private static readonly ObjectPath Template = new(KindOf<ServiceAccount>.Kind, "", "", "token");

    private readonly ConcurrentDictionary<Key, Held> _tokens = new();

    /// <summary>A token for an audience (empty: the API server), as old as it may be.</summary>
    public async ValueTask<PodToken> GetAsync(
        Pod pod, string audience, long expirationSeconds, CancellationToken cancellationToken)
    {
        Key key = new(pod.Metadata.Uid, AccountOf(pod), audience, expirationSeconds);
        DateTimeOffset now = clock.GetUtcNow();
        if (_tokens.TryGetValue(key, out Held? held) && now < held.RenewAt && now > held.IssuedAt - Leeway)
        {
            return new(held.Status, null);
        }

        ApiResult<IObject> answer = await client.CreateAsync(
            Template with { Namespace = pod.Metadata.Namespace, Name = key.Account },
            RequestFor(pod, key),
            WriteRequest.Default,
            cancellationToken);
        if (!answer.TryGet(out IObject? created, out Status? error))
        {
            return held is not null && now < held.Status.ExpirationTimestamp.Instant
                ? new(held.Status, null)
                : new(null, error.Message);
        }

        TokenRequest issued = (TokenRequest)created;
        _tokens[key] = new(issued.Status, RenewAt(issued, now, key), now);
        return new(issued.Status, null);
    }

    /// <summary>Lets go a pod's tokens.</summary>
    public void Forget(string podUid)
    {
        foreach (Key key in _tokens.Keys.Where(key => key.PodUid == podUid))
        {
            _tokens.TryRemove(key, out _);
        }
    }

    private static string AccountOf(Pod pod) =>
        pod.Spec.ServiceAccountName.Length > 0 ? pod.Spec.ServiceAccountName : "default";

    private static TokenRequest RequestFor(Pod pod, Key key) => new()
    {
        Spec = new()
        {
            Audiences = key.Audience.Length == 0 ? [] : [key.Audience],
            ExpirationSeconds = key.ExpirationSeconds,
            BoundObjectRef = new()
            {
                ApiVersion = "v1",
                Kind = "Pod",
                Name = pod.Metadata.Name,
                Uid = pod.Metadata.Uid,
            },
        },
    };

    private static DateTimeOffset RenewAt(TokenRequest issued, DateTimeOffset now, Key key)
    {
        // How long it was meant to be valid; what the server issued for longer (for clients of old) is renewed in the
        // time that was asked for.
        long seconds = issued.Spec.ExpirationSeconds ?? key.ExpirationSeconds;
        TimeSpan valid = TimeSpan.FromSeconds(seconds);
        TimeSpan served = valid * ServedShare;
        TimeSpan age = served < OldestMax ? served : OldestMax;

        // Chance without a source of it: pods differ by their uids.
        int jitter = (int)((uint)key.GetHashCode() % JitterSecondsMax);
        DateTimeOffset issuedAt = issued.Status.ExpirationTimestamp.Instant - valid;
        DateTimeOffset from = issuedAt < now ? issuedAt : now;
        return from + age - TimeSpan.FromSeconds(jitter);
    }

    private sealed record Held(TokenRequestStatus Status, DateTimeOffset RenewAt, DateTimeOffset IssuedAt);

    private readonly record struct Key(string PodUid, string Account, string Audience, long ExpirationSeconds);
}
