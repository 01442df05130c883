namespace Keelson.Store.Embedded.Index;

/// <summary>A place between two events of the history.</summary>
internal struct HistoryCursor(HistoryChunk chunk, int offset)
{
    public HistoryChunk Chunk = chunk;
    public int Offset = offset;

    /// <summary>How many events were ever appended before this place.</summary>
    public readonly long Position => Chunk.FirstPosition + Offset;
}

/// <summary>A stretch of the history. Slots below the published position never change.</summary>
internal sealed class HistoryChunk(long firstPosition)
{
    internal const int Size = 128;

    public StoreEvent[] Events { get; } = new StoreEvent[Size];

    public long FirstPosition { get; } = firstPosition;

    public HistoryChunk? Next { get; set; }
}

/// <summary>
/// All events since compaction in the order they happened: a linked list of chunks. One writer appends and publishes;
/// any number of readers walk the published part, each with a cursor of its own, without a lock.
/// </summary>
internal sealed class EventHistory
{
    private HistoryChunk _first;
    private HistoryCursor _end;
    private HistoryCursor _pruned;
    private long _publishedPosition;

    public EventHistory()
    {
        _first = new HistoryChunk(0);
        _end = new HistoryCursor(_first, 0);
        _pruned = _end;
    }

    /// <summary>Where the next event goes. For the writer.</summary>
    public HistoryCursor End => _end;

    /// <summary>How many events are kept. For the writer.</summary>
    public long Count => _end.Position - _pruned.Position;

    public void Append(StoreEvent change)
    {
        if (_end.Offset == HistoryChunk.Size)
        {
            HistoryChunk next = new(_end.Position);
            _end.Chunk.Next = next;
            _end = new HistoryCursor(next, 0);
        }
        _end.Chunk.Events[_end.Offset++] = change;
    }

    /// <summary>
    /// Takes back what was appended behind <paramref name="mark"/>, newest first; none of it is published.
    /// </summary>
    public void Rollback(HistoryCursor mark, Action<StoreEvent> undo)
    {
        List<StoreEvent> undone = [];
        for (HistoryCursor cursor = mark; cursor.Position < _end.Position;)
        {
            undone.Add(Next(ref cursor));
        }
        for (int i = undone.Count - 1; i >= 0; i--)
        {
            undo(undone[i]);
        }
        mark.Chunk.Next = null;
        mark.Chunk.Events.AsSpan(mark.Offset).Clear();
        _end = mark;
    }

    /// <summary>Lets readers see everything appended so far.</summary>
    public void Publish() => Volatile.Write(ref _publishedPosition, _end.Position);

    /// <summary>The next published event, if there is one.</summary>
    public bool TryRead(ref HistoryCursor cursor, out StoreEvent change)
    {
        if (cursor.Position >= Volatile.Read(ref _publishedPosition))
        {
            change = default;
            return false;
        }
        change = Next(ref cursor);
        return true;
    }

    /// <summary>True if the cursor has no published event before it.</summary>
    public bool IsAtEnd(in HistoryCursor cursor) => cursor.Position >= Volatile.Read(ref _publishedPosition);

    /// <summary>
    /// The place before the first event of <paramref name="revision"/> or, lacking that, of the next.
    /// </summary>
    public HistoryCursor Find(long revision)
    {
        long published = Volatile.Read(ref _publishedPosition);
        HistoryChunk chunk = Volatile.Read(ref _first);
        while (chunk.Next is { } next && next.FirstPosition < published
            && next.Events[0].Item.ModRevision < revision)
        {
            chunk = next;
        }
        HistoryCursor cursor = new(chunk, 0);
        for (HistoryCursor ahead = cursor; TryRead(ref ahead, out StoreEvent change); cursor = ahead)
        {
            if (change.Item.ModRevision >= revision)
            {
                break;
            }
        }
        return cursor;
    }

    /// <summary>
    /// Goes on, for at most <paramref name="eventsMax"/> events, with forgetting: <paramref name="forget"/> gets every
    /// event up to <paramref name="revision"/>, once. Returns true when done.
    /// </summary>
    public bool Prune(long revision, int eventsMax, Action<StoreEvent> forget)
    {
        long published = Volatile.Read(ref _publishedPosition);
        while (_pruned.Position < published)
        {
            HistoryCursor ahead = _pruned;
            StoreEvent change = Next(ref ahead);
            if (change.Item.ModRevision > revision)
            {
                break;
            }
            if (eventsMax-- == 0)
            {
                return false;
            }
            forget(change);
            _pruned = ahead;
        }
        while (_first != _pruned.Chunk && _first.Next is { } next
            && _first.Events[HistoryChunk.Size - 1].Item.ModRevision <= revision)
        {
            Volatile.Write(ref _first, next);
        }
        return true;
    }

    // The caller knows that there is an event at the cursor.
    private static StoreEvent Next(ref HistoryCursor cursor)
    {
        if (cursor.Offset == HistoryChunk.Size)
        {
            cursor = new HistoryCursor(cursor.Chunk.Next!, 0);
        }
        return cursor.Chunk.Events[cursor.Offset++];
    }
}
