using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Client.Informers;

namespace Keelson.Client.Queues;

/// <summary>What was written for each key and has to be seen before the next decision about it.</summary>
/// <typeparam name="TKey">The key.</typeparam>
internal sealed class OwnWrites<TKey>
    where TKey : notnull
{
    private readonly Dictionary<KindInfo, Func<long, CancellationToken, ValueTask>> _reached = [];
    private readonly List<Task> _synced = [];
    private readonly ConcurrentDictionary<TKey, ConcurrentDictionary<KindInfo, long>> _notes = [];

    /// <summary>Follows a kind; only before the loop runs.</summary>
    public void Follow(KindInfo kind, Func<long, CancellationToken, ValueTask> reached, Task synced)
    {
        if (_reached.TryAdd(kind, reached))
        {
            _synced.Add(synced);
        }
    }

    /// <summary>Completes when all kinds that are followed are known.</summary>
    public Task SyncedAsync(CancellationToken cancellationToken) => Task.WhenAll(_synced).WaitAsync(cancellationToken);

    /// <summary>Notes a write.</summary>
    public void Note(TKey key, IObject? written)
    {
        if (written is null || !_reached.ContainsKey(written.KindInfo))
        {
            return;
        }

        long version = ResourceVersions.Number(written.Metadata.ResourceVersion);
        _notes.GetOrAdd(key, static _ => []).AddOrUpdate(
            written.KindInfo, version, (_, before) => Math.Max(before, version));
    }

    /// <summary>Completes when what was noted for a key shows, or when it took too long.</summary>
    public async ValueTask CaughtUpAsync(
        TKey key, TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!_notes.TryRemove(key, out ConcurrentDictionary<KindInfo, long>? notes))
        {
            return;
        }

        foreach ((KindInfo kind, long version) in notes)
        {
            ValueTask reached = _reached[kind](version, cancellationToken);
            if (reached.IsCompletedSuccessfully)
            {
                continue;
            }

            try
            {
                await reached.AsTask().WaitAsync(atMost, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The decision then rests on an older picture, which at worst is corrected by the next one.
            }
        }
    }
}
