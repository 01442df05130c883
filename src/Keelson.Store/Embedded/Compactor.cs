using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Index;
using Keelson.Store.Embedded.Log;

namespace Keelson.Store.Embedded;

/// <summary>
/// What follows a compaction: frees memory a little at a time between commits, and once enough of the log is obsolete
/// writes a snapshot of the state before the compacted revision, after which that part of the log is deleted.
/// </summary>
internal sealed class Compactor
{
    // Forgetting an event takes some 50 ns: a step holds the writer up for no longer than a sync does.
    private const int PruneEventsMax = 2000;
    private readonly StoreState _state;
    private readonly EmbeddedStoreOptions _options;
    private readonly IDisk? _disk;
    private readonly LogWriter? _log;
    private readonly long _storeId;

    // Guards the pins and the job.
    private readonly Lock _lock = new();
    private readonly List<Pin> _pins = [];
    private SnapshotJob? _job;
    private volatile bool _isPruning;

    public Compactor(StoreState state, EmbeddedStoreOptions options, IDisk? disk, LogWriter? log, long storeId)
    {
        _state = state;
        _options = options;
        _disk = disk;
        _log = log;
        _storeId = storeId;
    }

    /// <summary>Bytes of the newest snapshot on the disk.</summary>
    public long SnapshotBytes { get; set; }

    // A watch may begin at the compacted revision, with its events and what was before them. So what is kept, in memory
    // and in snapshots, is the state before it; the log has the rest.
    private long PrunableRevision => _state.Index.CompactRevision - 1;

    /// <summary>There is something new to forget. By the writer.</summary>
    public void Begin() => _isPruning = true;

    /// <summary>Forgets some; true if there is more to do. By the writer.</summary>
    public bool Step()
    {
        if (!_isPruning)
        {
            return false;
        }
        long revision;
        lock (_lock)
        {
            // What a snapshot is being written of must stay until it is written.
            revision = _pins.Aggregate(PrunableRevision, (least, pin) => Math.Min(least, pin.Revision));
        }
        _isPruning = false;
        bool isDone = _state.Index.Prune(revision, PruneEventsMax);
        if (!isDone)
        {
            _isPruning = true;
        }
        return !isDone;
    }

    /// <summary>Forgets everything at once. By the writer.</summary>
    public void Finish()
    {
        while (Step())
        {
        }
    }

    /// <summary>
    /// Begins a snapshot if the log that it would make obsolete is as large as what lives, so that the disk never holds
    /// much more than twice what it must; or if <paramref name="isForced"/>. Null if there is nothing to gain, or one
    /// is being written.
    /// </summary>
    public SnapshotJob? TryBeginSnapshot(bool isForced)
    {
        if (_log is null || _disk is null)
        {
            return null;
        }
        long obsolete = _log.BytesBefore(PrunableRevision);
        if (obsolete == 0 || (!isForced && obsolete < Math.Max(_options.SegmentBytes, _state.Index.LiveBytes)))
        {
            return null;
        }
        lock (_lock)
        {
            if (_job is not null)
            {
                return null;
            }
            Pin pin = AddPin();
            pin.Revision = PrunableRevision;
            _job = new SnapshotJob(this, _disk, _options, Writer(pin.Revision), pin);
            return _job;
        }
    }

    /// <summary>Keeps the newest state readable until unpinned.</summary>
    public Pin PinNewest()
    {
        // In between nothing is pruned, so what is read afterwards is not pruned either.
        Pin pin;
        lock (_lock)
        {
            pin = AddPin();
        }
        pin.Revision = _state.ReadableRevision;
        return pin;
    }

    public void Unpin(Pin pin)
    {
        lock (_lock)
        {
            _pins.Remove(pin);
        }
        _isPruning = true;
    }

    public SnapshotWriter Writer(long revision) =>
        new(new SnapshotFile(_storeId, revision), _state.Index, _state.Leases.All(), _options.SnapshotBlockBytes);

    /// <summary>The snapshot stands: what it replaces can go.</summary>
    internal void OnWritten(SnapshotJob job, long bytes)
    {
        SnapshotBytes = bytes;
        string newest = new SnapshotFile(_storeId, job.Revision).FileName;
        foreach (string name in _disk!.List().Where(SnapshotFile.IsFileName))
        {
            if (string.CompareOrdinal(name, newest) < 0)
            {
                _disk.Delete(name);
            }
        }
        _options.Failpoint?.Invoke(Failpoint.BeforeSegmentDeletion);
        _log!.DeleteBefore(job.Revision);
    }

    internal void OnEnded(SnapshotJob job, Pin pin)
    {
        lock (_lock)
        {
            if (_job == job)
            {
                _job = null;
            }
        }
        Unpin(pin);
    }

    private Pin AddPin()
    {
        Pin pin = new();
        _pins.Add(pin);
        return pin;
    }

    /// <summary>A revision that must stay readable; 0 while it is being chosen.</summary>
    internal sealed class Pin
    {
        private long _revision;

        public long Revision
        {
            get => Volatile.Read(ref _revision);
            set => Volatile.Write(ref _revision, value);
        }
    }
}
