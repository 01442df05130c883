using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;
using Keelson.Store;

namespace Keelson.Server.Storage;

/// <summary>
/// The objects of all resources over one store. Reads come from the caches, which one observer of the store keeps up to
/// date in the store's order; writes go to the store and are visible in the caches before they return.
/// </summary>
internal sealed class ObjectStorage : IStoreObserver, IAsyncDisposable
{
    /// <summary>How often old changes and forms that nobody asks for are looked for.</summary>
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);

    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _onLost;
    private readonly IObjectCodec _codec;
    private readonly Dictionary<string, ObjectCache> _byPrefix = new(StringComparer.Ordinal);
    private readonly Dictionary<ApiKind, ObjectCache> _byKind = [];

    // Records of writes on their way, so that the observer need not read back from JSON what the writer has at hand.
    private readonly ConcurrentDictionary<byte[], IObject> _pending = new(
        ReferenceEqualityComparer.Instance as IEqualityComparer<byte[]>);
    private readonly HashSet<ObjectCache> _touched = [];
    private readonly FormBudget _forms = new();
    private readonly ITimer _tidyTimer;
    private IAsyncDisposable? _subscription;
    private long _revision;

    public ObjectStorage(IStore store, string root, IObjectCodec codec, TimeProvider clock, Action<Exception> onLost)
    {
        _store = store;
        _clock = clock;
        _codec = codec;
        _onLost = onLost;
        Root = root;
        _tidyTimer = clock.CreateTimer(_ => Tidy(), null, TidyEvery, TidyEvery);
        foreach (ApiKind kind in ApiKinds.All.Where(one => one.Info.StoragePrefix.Length > 0 && one.Stored == one))
        {
            string prefix = $"{root}/{kind.Info.StoragePrefix}/";
            ObjectCache cache = new(kind, prefix, _forms);
            _byPrefix.TryAdd(prefix, cache);
            _byKind.Add(kind, cache);
        }
    }

    /// <summary>What every key begins with: <c>/registry</c>.</summary>
    public string Root { get; }

    /// <summary>The store below.</summary>
    public IStore Store => _store;

    /// <summary>The caches have seen everything up to this revision.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>The cache of a kind, or of the kind it is stored as.</summary>
    public ObjectCache CacheOf(ApiKind kind) => _byKind[kind.Stored];

    /// <summary>All caches.</summary>
    public IEnumerable<ObjectCache> Caches => _byKind.Values;

    /// <summary>Reads everything once, then follows the store.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RangeResult all = await _store.RangeAsync(new RangeRequest(KeyRange.Prefix(Root + "/")), cancellationToken);
        Dictionary<ObjectCache, List<StoredObject>> loaded = _byKind.Values.ToDictionary(
            cache => cache, _ => new List<StoredObject>());
        foreach (KeyValue item in all.Items)
        {
            if (CacheAt(item.Key) is { } cache)
            {
                loaded[cache].Add(Restore(cache, item));
            }
        }

        foreach ((ObjectCache cache, List<StoredObject> objects) in loaded)
        {
            cache.Load(objects, all.Revision, _clock);
        }

        Volatile.Write(ref _revision, all.Revision);
        WatchRequest follow =
            new(KeyRange.Prefix(Root + "/")) { FromRevision = all.Revision + 1, ProgressNotifications = true };
        _subscription = await _store.ObserveAsync(follow, this, cancellationToken);
    }

    /// <summary>
    /// Waits until the caches have seen everything that was acknowledged before the call, by this server or another on
    /// the same store. An embedded store calls its observer before it acknowledges, so there is nothing to wait for.
    /// </summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        if (_store.ObserversAreCurrent)
        {
            return;
        }

        GetResult probe = await _store.GetAsync(Root + "/", 0, cancellationToken);
        await WaitForAsync(probe.Revision, TimeSpan.FromSeconds(3), cancellationToken);
    }

    /// <summary>Waits until the caches have seen a revision; false when it took too long.</summary>
    public async ValueTask<bool> WaitForAsync(long revision, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (Revision >= revision)
        {
            return true;
        }

        long start = _clock.GetTimestamp();
        await _store.RequestProgressAsync(cancellationToken);
        while (Revision < revision)
        {
            if (_clock.GetElapsedTime(start) > atMost)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), _clock, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Writes an object if its key stands at a revision (0: does not exist). The record's own resource version is not
    /// written.
    /// </summary>
    /// <returns>The stored version, or null with what is there instead in <paramref name="conflict"/>.</returns>
    public ValueTask<WriteOutcome> PutAsync(
        ObjectCache cache, string key, IObject record, long expectedRevision, long lease, CancellationToken cancellationToken) =>
        PutAsync(cache, key, record, StoredForm.Encode(record), expectedRevision, lease, cancellationToken);

    /// <summary>Writes an object whose <see cref="StoredForm"/> is at hand.</summary>
    public async ValueTask<WriteOutcome> PutAsync(
        ObjectCache cache,
        string key,
        IObject record,
        byte[] json,
        long expectedRevision,
        long lease,
        CancellationToken cancellationToken)
    {
        byte[] value = _codec.Encode(cache.Kind, record, json);
        _pending[value] = record;
        try
        {
            WriteResult result = await _store.PutIfAsync(key, value, expectedRevision, lease, cancellationToken);
            return result.Outcome switch
            {
                StoreOutcome.Ok =>
                    new(
                        new StoredObject(cache.Kind, key, json, result.Revision, record, RecordKeeping.Whole),
                        null,
                        null),
                StoreOutcome.Conflict =>
                    new(null, result.Current is { } current ? Restore(cache, current) : null, null),
                StoreOutcome outcome => new(null, null, ErrorOf(outcome)),
            };
        }
        finally
        {
            _pending.TryRemove(value, out _);
        }
    }

    /// <summary>Deletes an object if its key stands at a revision.</summary>
    public async ValueTask<WriteOutcome> DeleteAsync(
        ObjectCache cache, StoredObject obj, CancellationToken cancellationToken)
    {
        WriteResult result = await _store.DeleteIfAsync(obj.Key, obj.Revision, cancellationToken);
        return result.Outcome switch
        {
            StoreOutcome.Ok => new(new StoredObject(cache.Kind, obj.Key, obj.Json, result.Revision), null, null),
            StoreOutcome.Conflict => new(null, result.Current is { } current ? Restore(cache, current) : null, null),
            StoreOutcome outcome => new(null, null, ErrorOf(outcome)),
        };
    }

    /// <summary>A record in the form in which objects are kept, for keys that are no resource's.</summary>
    public byte[] Encode(ApiKind kind, IObject record) => _codec.Encode(kind, record, StoredForm.Encode(record));

    /// <summary>The record of a value, whichever form it is kept in.</summary>
    public IObject Decode(ApiKind kind, byte[] value) => kind.DecodeJson(_codec.ToJson(kind, value));

    /// <summary>The object of an item that the store gave.</summary>
    public StoredObject Restored(ObjectCache cache, KeyValue item) => Restore(cache, item);

    /// <inheritdoc/>
    public void OnBatch(WatchBatch batch)
    {
        if (batch.Outcome != StoreOutcome.Ok)
        {
            _onLost(new StoreUnavailableException("the store has compacted what the server had not seen yet: " + batch.Outcome.Message()));
            return;
        }

        foreach (StoreEvent change in batch.Events)
        {
            if (CacheAt(change.Item.Key) is { } cache)
            {
                cache.Apply(
                    change.Item.Key, change.IsDeletion ? null : Restore(cache, change.Item), change.Item.ModRevision);
                _touched.Add(cache);
            }
        }

        Volatile.Write(ref _revision, Math.Max(_revision, batch.Revision));
        foreach (ObjectCache cache in _touched)
        {
            cache.Events.Signal();
        }

        _touched.Clear();
    }

    /// <inheritdoc/>
    public void OnLost(StoreUnavailableException reason) => _onLost(reason);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tidyTimer.DisposeAsync();
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }
    }

    /// <summary>What nobody needs any more goes: changes that are old, forms that nobody asks for.</summary>
    private void Tidy()
    {
        foreach (ObjectCache cache in _byKind.Values)
        {
            cache.Events.Trim();
        }

        _forms.NextRound();
        if (_forms.Bytes == 0)
        {
            return;
        }

        foreach (ObjectCache cache in _byKind.Values)
        {
            cache.DropColdForms();
        }
    }

    private static Status ErrorOf(StoreOutcome outcome) => outcome == StoreOutcome.TooLarge
        ? ApiErrors.TooLarge(outcome.Message())
        : ApiErrors.Unclassified(outcome.Message());

    private StoredObject Restore(ObjectCache cache, KeyValue item)
    {
        byte[] json = ReadJson(cache.Kind, item.Value);
        return _pending.TryGetValue(item.Value, out IObject? record)
            ? new(
                cache.Kind,
                item.Key,
                json,
                item.ModRevision,
                record,
                cache.KeepsRecords ? RecordKeeping.Abridged : RecordKeeping.None)
            : new(cache.Kind, item.Key, json, item.ModRevision);
    }

    /// <summary>The stored JSON; what can't be read stays as it is, so that it fails who asks for it and nobody
    /// else.</summary>
    private byte[] ReadJson(ApiKind kind, byte[] value)
    {
        try
        {
            return _codec.ToJson(kind, value);
        }
        catch (DecodeException)
        {
            return value;
        }
    }

    /// <summary>Keys are root/resource/…, and for a few resources root/two/segments/….</summary>
    private ObjectCache? CacheAt(string key)
    {
        int slash = key.IndexOf('/', Root.Length + 1);
        if (slash < 0)
        {
            return null;
        }

        var lookup = _byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(key.AsSpan(0, slash + 1), out ObjectCache? cache))
        {
            return cache;
        }

        int second = key.IndexOf('/', slash + 1);
        return second >= 0 && lookup.TryGetValue(key.AsSpan(0, second + 1), out cache) ? cache : null;
    }
}

/// <summary>How a write ended: written, or refused because something else is there, or failed.</summary>
/// <param name="Written">The version written.</param>
/// <param name="Current">On conflict, what is there; null when nothing is.</param>
/// <param name="Error">Why the store could not do it.</param>
internal readonly record struct WriteOutcome(StoredObject? Written, StoredObject? Current, Status? Error);
