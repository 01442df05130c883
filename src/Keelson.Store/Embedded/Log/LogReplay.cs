using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Applies the log to the state that a snapshot left. What the snapshot holds already is passed over; grants and
/// revocations of leases may come twice, since a snapshot has the leases as they were when it was written.
/// </summary>
internal sealed class LogReplay(StoreState state, long firstRevision, long nowMs) : ILogRecordSink
{
    private readonly long _loadedRevision = state.Revision;

    /// <summary>The revision that the log has come to.</summary>
    public long Revision { get; private set; } = firstRevision;

    /// <summary>The newest compaction in the log; 0 if there is none.</summary>
    public long CompactRevision { get; private set; }

    private bool IsLoaded => Revision <= _loadedRevision;

    public void BeginRevision()
    {
        Revision++;
        if (!IsLoaded)
        {
            state.Revision = Revision;
        }
    }

    public void Put(string key, byte[] value, long lease)
    {
        if (!IsLoaded)
        {
            KeyVersion? previous = state.Index.Put(key, value, lease, Revision);
            state.Leases.Move(key, previous?.Lease ?? 0, lease);
        }
    }

    public void Delete(string key)
    {
        if (!IsLoaded)
        {
            KeyVersion previous = state.Index.Delete(key, Revision)
                ?? throw new FormatException($"revision {Revision} deletes a key that does not exist");
            state.Leases.Move(key, previous.Lease, 0);
        }
    }

    public void LeaseGrant(long id, long timeToLiveSeconds) => state.Leases.Grant(id, timeToLiveSeconds, nowMs);

    public void LeaseRevoke(long id) => state.Leases.Drop(id);

    public void Compact(long revision) => CompactRevision = Math.Max(CompactRevision, revision);
}
