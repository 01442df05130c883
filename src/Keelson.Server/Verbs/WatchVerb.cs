using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>The kinds of watch events.</summary>
internal enum WatchEventType
{
    /// <summary>The object is new, or came to match the selectors.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or no longer matches the selectors.</summary>
    Deleted,

    /// <summary>Nothing changed; the resource version says how far the watch has come.</summary>
    Bookmark,
}

/// <summary>One event of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; null for a bookmark.</param>
/// <param name="Revision">The revision the watch has come to.</param>
/// <param name="EndsInitial">True for the bookmark that ends the initial events of a streaming list.</param>
internal readonly record struct WatchItem(
    WatchEventType Type, StoredObject? Object, long Revision, bool EndsInitial = false);

/// <summary>
/// An open watch: a state machine over the resource's ring of changes. It owns no queue: it holds a position in the
/// ring and reads on whenever it is asked, so an idle watch costs next to nothing and a slow one is cut off when the
/// ring has moved on.
/// </summary>
internal sealed class ObjectWatch(
    ObjectCache cache, ObjectFilter filter, IEnumerable<StoredObject> initial, long position, long revision, bool endsInitial)
{
    /// <summary>Events taken from the ring at a time.</summary>
    private const int BatchSize = 128;

    private readonly List<ObjectEvent> _batch = [];
    private IEnumerator<StoredObject>? _initial = initial.GetEnumerator();
    private long _position = position;
    private bool _endsInitial = endsInitial;

    /// <summary>How far the watch has come.</summary>
    public long Revision { get; private set; } = revision;

    /// <summary>Events up to this revision are none of the watch's: it may have asked for a revision that has yet to
    /// come.</summary>
    public long After { get; init; }

    /// <summary>True when the ring has moved past the watch; it can only end.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Completes when there may be something to read. Take it before reading.</summary>
    public Task Changed => cache.Events.Changed;

    /// <summary>Takes the events that are there, at most as many as fit a batch; an empty list means: wait.</summary>
    public void Read(List<WatchItem> into)
    {
        if (_initial is not null)
        {
            ReadInitial(into);
            return;
        }

        _batch.Clear();
        if (!cache.Events.Read(_position, _batch, BatchSize))
        {
            IsLost = true;
            return;
        }

        foreach (ObjectEvent change in _batch)
        {
            if (change.Revision > After && ItemFor(change) is { } item)
            {
                into.Add(item);
            }

            Revision = Math.Max(Revision, change.Revision);
        }

        _position += _batch.Count;
    }

    /// <summary>True when more can be read at once.</summary>
    public bool HasMore => _initial is not null || _position < cache.Events.Next;

    /// <summary>Notes that everything up to a revision of the whole store has been seen.</summary>
    public void AdvanceTo(long revision)
    {
        if (!HasMore)
        {
            Revision = Math.Max(Revision, revision);
        }
    }

    private void ReadInitial(List<WatchItem> into)
    {
        while (into.Count < BatchSize)
        {
            if (!_initial!.MoveNext())
            {
                _initial.Dispose();
                _initial = null;
                if (_endsInitial)
                {
                    _endsInitial = false;
                    into.Add(new(WatchEventType.Bookmark, null, Revision, EndsInitial: true));
                }

                return;
            }

            into.Add(new(WatchEventType.Added, _initial.Current, Revision));
        }
    }

    /// <summary>What a change means to this watch: objects enter and leave as their labels and fields change.</summary>
    private WatchItem? ItemFor(ObjectEvent change)
    {
        bool before = change.Previous is { } previous && filter.Matches(previous);
        bool after = change.Object is { } obj && filter.Matches(obj);
        return (before, after) switch
        {
            (false, true) => new(WatchEventType.Added, change.Object, change.Revision),
            (true, true) => new(WatchEventType.Modified, change.Object, change.Revision),
            (true, false) => new(WatchEventType.Deleted, change.Gone, change.Revision),
            _ => null,
        };
    }
}

/// <summary>Opens watches.</summary>
internal sealed class WatchVerb(ObjectStorage storage)
{
    /// <summary>Opens a watch; too old a resource version ends it with 410 at once.</summary>
    public async ValueTask<ApiResult<ObjectWatch>> OpenAsync(
        ApiRequest request, ListQuery query, CancellationToken cancellationToken)
    {
        if (query.Check() is { } invalid)
        {
            return invalid;
        }

        if (!query.TryGetRevision(out long revision, out Status? error))
        {
            return error;
        }

        ObjectCache cache = storage.CacheOf(request.Kind);
        (string from, string to) = cache.RangeOf(request.Namespace);
        bool fromPresent = query.SendInitialEvents ?? revision == 0;
        if (query.SendInitialEvents == true
            && !await storage.WaitForAsync(revision, TimeSpan.FromSeconds(3), cancellationToken))
        {
            return ObjectReader.TooLarge(revision, storage.Revision);
        }

        if (query.ResourceVersion.Length == 0)
        {
            await storage.CatchUpAsync(cancellationToken);
        }

        if (fromPresent)
        {
            // The watch goes on in the ring right behind the snapshot, so nothing is missed and nothing comes twice.
            ObjectSnapshot snapshot = cache.Snapshot;
            long start = cache.Events.PositionAfter(snapshot.Revision);
            long seen = Math.Max(storage.Revision, snapshot.Revision);
            ObjectFilter filter = query.Filter;
            IEnumerable<StoredObject> initial = snapshot.Range(from, to).Where(filter.Matches);
            return new ObjectWatch(
                cache,
                filter.Within(from, to),
                initial,
                start,
                seen,
                query.IsStreamingList && query.AllowBookmarks);
        }

        if (revision == 0)
        {
            revision = storage.Revision;
        }

        long position = cache.Events.PositionAfter(revision);
        return position < 0
            ? ApiErrors.Gone($"too old resource version: {revision} ({cache.Events.OldestRevision})")
            : new ObjectWatch(cache, query.Filter.Within(from, to), [], position, revision, false) { After = revision };
    }
}
