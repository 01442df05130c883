using System.Collections.Immutable;

namespace Keelson.Store;

/// <summary>Which keys to read, as of when, and how much of them.</summary>
public readonly record struct RangeRequest(KeyRange Keys)
{
    /// <summary>The revision to read at; 0 means the newest.</summary>
    public long Revision { get; init; }

    /// <summary>The most items to return; 0 means all.</summary>
    public long Limit { get; init; }

    /// <summary>
    /// The caller does not look at values. A store that would have to move them leaves them out; whether
    /// <see cref="KeyValue.Value"/> is empty in the answer is not defined.
    /// </summary>
    public bool KeysOnly { get; init; }

    /// <summary>Return no items, only <see cref="RangeResult.Count"/>.</summary>
    public bool CountOnly { get; init; }
}

/// <summary>What a range read found. Outcomes: Ok, Compacted, FutureRevision, EmptyKey.</summary>
public sealed record RangeResult
{
    /// <summary>How the read ended; unless Ok, there are no items.</summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>The store's revision when it answered (not the one asked for).</summary>
    public long Revision { get; init; }

    /// <summary>The items, in ordinal order of their keys.</summary>
    public ImmutableArray<KeyValue> Items { get; init; } = [];

    /// <summary>How many keys the range holds at that revision, whatever the limit.</summary>
    public long Count { get; init; }

    /// <summary>True if the limit kept items back.</summary>
    public bool More { get; init; }

    /// <summary>When the outcome is Compacted: the oldest revision that can be read.</summary>
    public long CompactRevision { get; init; }
}

/// <summary>
/// What a read of one key found. Outcomes: Ok (also when there is no such key), Compacted, FutureRevision, EmptyKey.
/// </summary>
public readonly record struct GetResult
{
    /// <summary>How the read ended.</summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>The store's revision when it answered (not the one asked for).</summary>
    public long Revision { get; init; }

    /// <summary>The key's version at the revision asked for; null if the key did not exist then.</summary>
    public KeyValue? Item { get; init; }

    /// <summary>When the outcome is Compacted: the oldest revision that can be read.</summary>
    public long CompactRevision { get; init; }
}
