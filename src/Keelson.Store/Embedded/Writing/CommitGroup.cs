using Keelson.Store.Embedded.Index;
using Keelson.Store.Embedded.Log;

namespace Keelson.Store.Embedded.Writing;

/// <summary>
/// The writes that become durable together: applies each to the state at once, so that the next sees it, and records it
/// for the log. Readers see none of it before the group is published, so it can be taken back whole.
/// </summary>
internal sealed class CommitGroup(StoreState state, EmbeddedStoreOptions options, bool isLogged)
{
    private readonly ByteWriter _frame = new();
    private readonly List<(LeaseSnapshot Lease, bool IsGrant)> _leaseChanges = [];
    private LogRecordWriter? _records;
    private HistoryCursor _mark;
    private long _transactionRevision;

    public StoreState State => state;

    public EmbeddedStoreOptions Options => options;

    /// <summary>The frame, with room for its header.</summary>
    public ByteWriter Frame => _frame;

    /// <summary>The revision before the group.</summary>
    public long BaseRevision { get; private set; }

    /// <summary>Where the group's events begin.</summary>
    public HistoryCursor Mark => _mark;

    /// <summary>Milliseconds of a clock that never goes back.</summary>
    public long NowMs { get; private set; }

    /// <summary>The compaction in the group; 0 if there is none.</summary>
    public long CompactRevision { get; private set; }

    /// <summary>True if something is to be written to the log.</summary>
    public bool HasRecords => _frame.Length > LogFrame.HeaderLength;

    /// <summary>True if puts are refused until something is deleted.</summary>
    public bool IsOverQuota => options.SpaceQuotaBytes > 0 && state.Index.LiveBytes > options.SpaceQuotaBytes;

    public void Begin(long nowMs)
    {
        NowMs = nowMs;
        BaseRevision = state.Revision;
        CompactRevision = 0;
        _mark = state.Index.History.End;
        _leaseChanges.Clear();
        _frame.Truncate(0);
        _frame.Zeros(LogFrame.HeaderLength);
        _records = isLogged ? new LogRecordWriter(_frame) : null;
    }

    /// <summary>Takes back everything since <see cref="Begin"/>.</summary>
    public void Rollback()
    {
        for (int i = _leaseChanges.Count - 1; i >= 0; i--)
        {
            (LeaseSnapshot lease, bool isGrant) = _leaseChanges[i];
            if (isGrant)
            {
                state.Leases.Drop(lease.Id);
            }
            else
            {
                state.Leases.Restore(lease);
            }
        }
        state.Index.Rollback(_mark, change => state.Leases.Move(
            change.Item.Key, change.Item.Lease, change.Previous?.Lease ?? 0));
        state.Revision = BaseRevision;
    }

    /// <summary>What follows belongs to one revision, if it writes at all.</summary>
    public void BeginTransaction() => _transactionRevision = 0;

    public KeyVersion? Newest(string key) => state.Index.Newest(key);

    public KeyVersion? Put(string key, byte[] value, long lease)
    {
        NextRevision();
        _records?.Put(key, value, lease);
        KeyVersion? previous = state.Index.Put(key, value, lease, _transactionRevision);
        state.Leases.Move(key, previous?.Lease ?? 0, lease);
        return previous;
    }

    /// <summary>Deletes a key that exists.</summary>
    public KeyVersion Delete(string key)
    {
        NextRevision();
        _records?.Delete(key);
        KeyVersion previous = state.Index.Delete(key, _transactionRevision)
            ?? throw new InvalidOperationException($"there is no key to delete: {key}");
        state.Leases.Move(key, previous.Lease, 0);
        return previous;
    }

    public void GrantLease(long id, long timeToLiveSeconds)
    {
        _records?.LeaseGrant(id, timeToLiveSeconds);
        state.Leases.Grant(id, timeToLiveSeconds, NowMs);
        _leaseChanges.Add((new LeaseSnapshot(id, timeToLiveSeconds, 0), true));
    }

    /// <summary>Drops a lease whose keys are deleted.</summary>
    public void RevokeLease(in LeaseSnapshot lease)
    {
        _records?.LeaseRevoke(lease.Id);
        state.Leases.Drop(lease.Id);
        _leaseChanges.Add((lease, false));
    }

    public void Compact(long revision)
    {
        _records?.Compact(revision);
        CompactRevision = revision;
    }

    private void NextRevision()
    {
        if (_transactionRevision == 0)
        {
            _transactionRevision = ++state.Revision;
            _records?.BeginRevision();
        }
    }
}
