using Keelson.Server.Storage;

namespace Keelson.Server.InProcess;

/// <summary>
/// Follows a cache at its own pace, on a task of its own: a position in the ring of changes, and the snapshot it has
/// come to. When the ring has moved past it, the difference of two snapshots says what it missed.
/// </summary>
internal sealed class CacheFollower : IAsyncDisposable
{
    private const int BatchSize = 256;

    private readonly ObjectCache _cache;
    private readonly Action<ObjectSnapshot, IReadOnlyList<ObjectEvent>> _deliver;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _task;
    private ObjectSnapshot _seen;
    private long _position;
    private long _known;

    /// <summary>Follows from a snapshot on that the owner has delivered already.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="from">What is known.</param>
    /// <param name="position">The ring's position right behind it.</param>
    /// <param name="deliver">(the snapshot after the changes, the changes in order).</param>
    public CacheFollower(
        ObjectCache cache, ObjectSnapshot from, long position, Action<ObjectSnapshot, IReadOnlyList<ObjectEvent>> deliver)
    {
        _cache = cache;
        _seen = from;
        _known = from.Revision;
        _position = position;
        _deliver = deliver;
        _task = Task.Run(FollowAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _task;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        List<ObjectEvent> batch = new(BatchSize);
        try
        {
            while (true)
            {
                Task changed = _cache.Events.Changed;
                batch.Clear();
                if (!_cache.Events.Read(_position, batch, BatchSize))
                {
                    CatchUp();
                    continue;
                }

                if (batch.Count == 0)
                {
                    await changed.WaitAsync(_stop.Token);
                    continue;
                }

                _position += batch.Count;
                Advance(batch);
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private void Advance(List<ObjectEvent> batch)
    {
        // A change that was in the snapshot when following began is not told twice.
        batch.RemoveAll(one => one.Revision <= _known);
        foreach (ObjectEvent change in batch)
        {
            _seen = change.Object is { } obj ? _seen.Put(obj) : _seen.Remove(change.Previous!.Key, change.Revision);
        }

        if (batch.Count > 0)
        {
            _deliver(_seen, batch);
        }
    }

    private void CatchUp()
    {
        ObjectSnapshot now = _cache.Snapshot;
        _position = _cache.Events.PositionAfter(now.Revision);
        List<ObjectEvent> missed = [.. Difference(_seen, now)];
        _seen = now;
        _known = now.Revision;
        _deliver(_seen, missed);
    }

    private static IEnumerable<ObjectEvent> Difference(ObjectSnapshot before, ObjectSnapshot now)
    {
        foreach (StoredObject obj in now.All)
        {
            StoredObject? previous = before.Find(obj.Key);
            if (previous?.Revision != obj.Revision)
            {
                yield return new(obj, previous, obj.Revision);
            }
        }

        foreach (StoredObject previous in before.All)
        {
            if (now.Find(previous.Key) is null)
            {
                yield return new(null, previous, now.Revision);
            }
        }
    }
}
