using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client.Informers.Remote;

/// <summary>Who keeps what the server shows.</summary>
internal interface IFollower
{
    /// <summary>Everything there is, in place of what was known.</summary>
    void Replace(IReadOnlyList<IObject> objects, string resourceVersion);

    /// <summary>One change.</summary>
    void Change(in WatchNotice notice);

    /// <summary>Nothing changed up to a resource version.</summary>
    void Reach(string resourceVersion);
}

/// <summary>
/// Follows a kind: a streaming list first, then changes; a watch that ends goes on where it was, and one that the
/// server no longer remembers begins anew. Failures are followed by ever longer pauses.
/// </summary>
internal sealed class ListAndWatch(IApiClient client, ApiKind kind, bool metadataOnly, RemoteInformersConfig config)
{
    // Upstream's reflector: doubling pauses, the shortest again after some time without any.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);

    private string _version = "";
    private TimeSpan _pause = ShortestPause;
    private long _failed = config.Clock.GetTimestamp();
    private bool _absent;

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(IFollower follower, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                long started = config.Clock.GetTimestamp();
                Status? error = await FollowAsync(follower, cancellationToken);
                bool wasShort = config.Clock.GetElapsedTime(started) < TimeSpan.FromSeconds(1);
                if (error is not null)
                {
                    Judge(follower, error);
                }

                if (error is not null || wasShort)
                {
                    await PauseAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task<Status?> FollowAsync(IFollower follower, CancellationToken cancellationToken)
    {
        List<IObject>? initial = _version.Length == 0 ? [] : null;
        WatchRequest request = new()
        {
            ResourceVersion = _version,
            SendInitialEvents = initial is not null,
            MetadataOnly = metadataOnly,
            FieldSelector = config.FieldSelector(kind),
        };
        await foreach (WatchNotice notice in client.WatchAsync(kind, "", request, cancellationToken))
        {
            switch (notice.Type)
            {
                case WatchNoticeType.Error:
                    return notice.Status;
                case WatchNoticeType.InitialEnd when initial is not null:
                    follower.Replace(initial, notice.ResourceVersion);
                    (initial, _version, _absent) = (null, notice.ResourceVersion, false);
                    break;
                case WatchNoticeType.Bookmark or WatchNoticeType.InitialEnd:
                    if (initial is null)
                    {
                        _version = notice.ResourceVersion;
                        follower.Reach(_version);
                    }

                    break;
                case WatchNoticeType.Added when initial is not null:
                    initial.Add(notice.Object!);
                    break;
                default:
                    follower.Change(notice);
                    _version = notice.ResourceVersion;
                    break;
            }
        }

        return null;
    }

    private void Judge(IFollower follower, Status error)
    {
        if (error.Code == 404 && !_absent)
        {
            // A server that does not serve the kind has no objects of it; it is asked again from time to time.
            _absent = true;
            follower.Replace([], "");
        }

        // What a server can't go on from is begun anew; one that is away or busy is asked for the same again.
        if (error.Code is >= 400 and < 500 and not (401 or 403 or 429) or 504)
        {
            _version = "";
        }

        if (error.Code is not (410 or 404))
        {
            config.Log($"watching {kind.Info.GroupResource}: {error.Message}");
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (config.Clock.GetElapsedTime(_failed) >= Forgotten)
        {
            _pause = ShortestPause;
        }

        // Up to twice as long, so that not all come back together.
        TimeSpan pause = _pause * (1 + config.Random.NextDouble());
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        await Task.Delay(pause < LongestPause ? pause : LongestPause, config.Clock, cancellationToken);
        _failed = config.Clock.GetTimestamp();
    }
}
