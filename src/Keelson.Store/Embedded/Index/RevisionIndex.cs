using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Keelson.Store.Embedded.Index;

/// <summary>
/// All keys with their versions since compaction, and the history of events: no I/O, no clock, no chance. One writer at
/// a time changes it; any number of readers look at it at a revision that the writer has let them see, without a lock.
/// </summary>
/// <remarks>
/// A worked example. Put a at 2, put b at 3, put a at 4, delete b at 5:
/// <code>
///   a: 4 → 2          b: 5 (deletion) → 3          history: 2a 3b 4a 5b
///   read at 3: a@2, b@3     read at 4: a@4, b@3     read at 5: a@4
/// </code>
/// Compact at 4: the history is walked up to 4 and each event's version forgets the one before it, so a@2 goes. Compact
/// at 5: b's deletion forgets b@3, and as it is the newest version the entry b leaves the tree. (How far the walk goes
/// is up to the caller: it may lag behind what readers are told is compacted.)
/// </remarks>
internal sealed class RevisionIndex
{
    // What a version costs beside its key and its value: the object, its slot in the history, the array's header.
    private const int VersionOverheadBytes = 72 + 16 + 24;

    private readonly Action<StoreEvent> _forget;
    private readonly Action<StoreEvent> _undo;
    private KeyTree _tree = KeyTree.Empty;
    private long _compactRevision;
    private long _loadedRevision;
    private long _liveBytes;
    private long _historyBytes;
    private long _keyCount;

    public RevisionIndex()
    {
        _forget = Forget;
        _undo = Undo;
    }

    public EventHistory History { get; } = new();

    /// <summary>Reads before this revision fail.</summary>
    public long CompactRevision => Volatile.Read(ref _compactRevision);

    /// <summary>The oldest revision whose events are in the history.</summary>
    public long FirstEventRevision => Math.Max(CompactRevision, Volatile.Read(ref _loadedRevision) + 1);

    /// <summary>How many keys exist.</summary>
    public long KeyCount => Volatile.Read(ref _keyCount);

    /// <summary>Bytes of the keys that exist, with their values.</summary>
    public long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <summary>Bytes of the versions that are kept for readers of the past.</summary>
    public long HistoryBytes => Volatile.Read(ref _historyBytes);

    private KeyTree Tree
    {
        get => Volatile.Read(ref _tree);
        set => Volatile.Write(ref _tree, value);
    }

    /// <summary>Fills an empty index with keys, in order, as they stood at <paramref name="revision"/>.</summary>
    public void Load(ReadOnlySpan<KeyEntry> sorted, long revision)
    {
        Tree = KeyTree.Build(sorted);
        foreach (KeyEntry entry in sorted)
        {
            _liveBytes += Size(entry.Newest);
        }
        _keyCount = sorted.Length;
        _compactRevision = revision;
        _loadedRevision = revision;
    }

    /// <summary>The key's newest version; null if there is no such key. For the writer.</summary>
    public KeyVersion? Newest(string key) => Tree.Find(key)?.At(long.MaxValue);

    /// <summary>Writes a version. For the writer.</summary>
    /// <returns>The version replaced; null if the key did not exist.</returns>
    public KeyVersion? Put(string key, byte[] value, long lease, long revision)
    {
        KeyTree tree = Tree;
        KeyEntry? entry = tree.Find(key);
        KeyVersion? before = entry?.Newest;
        KeyVersion? previous = before is { IsDeletion: false } ? before : null;
        // The entry's own string, so that all versions of a key share one.
        KeyVersion version = new(
            entry?.Key ?? key,
            value,
            previous?.CreateRevision ?? revision,
            revision,
            (previous?.Version ?? 0) + 1,
            lease,
            before);
        if (entry is null)
        {
            Tree = tree.Add(new KeyEntry(key, version));
        }
        else
        {
            entry.Newest = version;
        }
        Account(version, previous);
        History.Append(new StoreEvent(version, previous));
        return previous;
    }

    /// <summary>Deletes a key. For the writer.</summary>
    /// <returns>The version deleted; null if the key did not exist, and nothing was done.</returns>
    public KeyVersion? Delete(string key, long revision)
    {
        if (Tree.Find(key) is not { } entry || entry.Newest is not { IsDeletion: false } previous)
        {
            return null;
        }
        KeyVersion deletion = KeyVersion.Deletion(entry.Key, revision, previous);
        entry.Newest = deletion;
        Account(deletion, previous);
        History.Append(new StoreEvent(deletion, previous));
        return previous;
    }

    /// <summary>Takes back, newest first, all changes behind the mark. None of them may have been let out.</summary>
    public void Rollback(HistoryCursor mark, Action<StoreEvent> undone) =>
        History.Rollback(mark, change =>
        {
            _undo(change);
            undone(change);
        });

    /// <summary>
    /// From now on reads before <paramref name="revision"/> fail; <see cref="Prune"/> then frees memory.
    /// </summary>
    public void Compact(long revision) => Volatile.Write(ref _compactRevision, revision);

    /// <summary>Frees versions that only revisions before <paramref name="revision"/> see; true when done.</summary>
    public bool Prune(long revision, int eventsMax) => History.Prune(revision, eventsMax, _forget);

    /// <summary>
    /// The key at a revision. A reader must check afterwards that the revision wasn't compacted meanwhile.
    /// </summary>
    public KeyVersion? Get(string key, long revision) => Tree.Find(key)?.At(revision);

    /// <summary>
    /// Reads a range at <paramref name="at"/>, a revision that is neither compacted nor in the future.
    /// </summary>
    public RangeResult Range(in RangeRequest request, long at)
    {
        RangeVisitor visitor = new(request, at);
        if (request.Keys.IsSingleKey)
        {
            if (Tree.Find(request.Keys.Start) is { } entry)
            {
                visitor.Visit(entry);
            }
        }
        else if (!request.Keys.IsEmpty)
        {
            Tree.Walk(request.Keys.Start, ref visitor);
        }
        return visitor.Result();
    }

    /// <summary>Shows all entries from a key on. What they hold at a revision is up to the visitor.</summary>
    public void Walk<TVisitor>(string start, ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor => Tree.Walk(start, ref visitor);

    private static long Size(KeyVersion version) => version.Key.Length + version.Value.Length + VersionOverheadBytes;

    private void Account(KeyVersion added, KeyVersion? previous)
    {
        if (previous is not null)
        {
            Move(ref _liveBytes, -Size(previous));
            Move(ref _historyBytes, Size(previous));
            Move(ref _keyCount, -1);
        }
        if (!added.IsDeletion)
        {
            Move(ref _liveBytes, Size(added));
            Move(ref _keyCount, 1);
        }
    }

    private static void Move(ref long figure, long change) => Volatile.Write(ref figure, figure + change);

    private void Forget(StoreEvent change)
    {
        KeyVersion version = (KeyVersion)change.Item;
        version.ForgetOlder();
        if (change.Previous is KeyVersion previous)
        {
            Move(ref _historyBytes, -Size(previous));
        }
        if (version.IsDeletion && Tree.Find(version.Key) is { } entry && entry.Newest == version)
        {
            Tree = Tree.Remove(version.Key);
        }
    }

    private void Undo(StoreEvent change)
    {
        KeyVersion version = (KeyVersion)change.Item;
        KeyEntry entry = Tree.Find(version.Key)!;
        if (version.Older is { } older)
        {
            entry.Newest = older;
        }
        else
        {
            Tree = Tree.Remove(version.Key);
        }
        if (!version.IsDeletion)
        {
            Move(ref _liveBytes, -Size(version));
            Move(ref _keyCount, -1);
        }
        if (change.Previous is KeyVersion previous)
        {
            Move(ref _liveBytes, Size(previous));
            Move(ref _historyBytes, -Size(previous));
            Move(ref _keyCount, 1);
        }
    }

    private struct RangeVisitor(RangeRequest request, long at) : IKeyVisitor
    {
        private readonly List<KeyValue> _items = [];
        private long _count;

        public bool Visit(KeyEntry entry)
        {
            if (request.Keys.End is { } end && string.CompareOrdinal(entry.Key, end) >= 0)
            {
                return false;
            }
            if (entry.At(at) is { } version)
            {
                if (!request.CountOnly && (request.Limit <= 0 || _count < request.Limit))
                {
                    _items.Add(version);
                }
                _count++;
            }
            return true;
        }

        public readonly RangeResult Result() => new()
        {
            Items = ImmutableCollectionsMarshal.AsImmutableArray(_items.ToArray()),
            Count = _count,
            More = !request.CountOnly && _count > _items.Count,
        };
    }
}
