using Keelson.Store.Embedded.Disk;

namespace Keelson.Store.Embedded;

/// <summary>How an embedded store is kept.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>Where the store lives; made if it isn't there. Null: in memory only.</summary>
    public string? Directory { get; init; }

    /// <summary>The clock for leases and retention.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where lease ids and the store's id come from.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>
    /// How long history is kept at least, unless somebody compacts by hand: watches and reads can go back that far.
    /// The default is that of upstream's API server (<c>--etcd-compaction-interval</c>, 5 minutes). Zero: for ever.
    /// </summary>
    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// History beyond this many bytes is compacted even if it is younger. Zero: no limit. 256 MiB hold five minutes of some 200
    /// writes of 4 KiB a second; under more than that, memory stays flat and history gets shorter.
    /// </summary>
    public long HistoryBytesMax { get; init; } = 256L << 20;

    /// <summary>
    /// Puts get NoSpace once keys and values take more bytes than this, until something is deleted. The default is the
    /// most that etcd recommends for <c>--quota-backend-bytes</c>. Zero: no limit.
    /// </summary>
    public long SpaceQuotaBytes { get; init; } = 8L << 30;

    /// <summary>The largest request, keys and values together: etcd's <c>--max-request-bytes</c>, 1.5 MiB.</summary>
    public int RequestBytesMax { get; init; } = 3 << 19;

    /// <summary>The most operations in a transaction: etcd's <c>--max-txn-ops</c>, 128.</summary>
    public int TxnOperationsMax { get; init; } = 128;

    /// <summary>
    /// The size of a log file, reserved when it is begun. Opening a store reads the whole of the newest one, and a new
    /// one costs some syncs: 16 MiB keep both below what anybody notices.
    /// </summary>
    public int SegmentBytes { get; init; } = 16 << 20;

    /// <summary>How often watches with progress notifications get one: etcd's interval, 10 minutes.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets a line of text when something happens that operators should find in the program's log.</summary>
    public Action<string>? OnNotice { get; init; }

    /// <summary>
    /// Called when the store can't be sure any more that what it was told is on the disk: it must end the process,
    /// since what the disk holds then is known only after a restart. The default does.
    /// </summary>
    public Action<Exception> OnFatal { get; init; } =
        exception => Environment.FailFast($"the store can't go on: {exception.Message}", exception);

    /// <summary>The disk, if it is not the directory.</summary>
    internal IDisk? Disk { get; init; }

    /// <summary>About how many bytes of a snapshot are written at once.</summary>
    internal int SnapshotBlockBytes { get; init; } = 1 << 20;

    /// <summary>No threads or timers: a simulation calls what they would have called.</summary>
    internal bool IsSimulated { get; init; }

    /// <summary>Called at each durability edge; may throw to stop there.</summary>
    internal Action<Failpoint>? Failpoint { get; init; }
}

/// <summary>The edges at which a crash is most telling.</summary>
internal enum Failpoint
{
    BeforeAppend,
    AfterAppend,
    AfterSync,
    AfterPublish,
    BeforeSnapshotRename,
    AfterSnapshotRename,
    BeforeSegmentDeletion,
}
