using System.Collections.Immutable;

namespace Keelson.Store.Embedded.Index;

/// <summary>A lease as others see it.</summary>
internal readonly record struct LeaseSnapshot(long Id, long TimeToLiveSeconds, long ExpiresAtMs);

/// <summary>
/// All leases and the keys on them. Pure: what time it is, is passed in, as milliseconds of any clock that never goes
/// back. The writer changes it, others read it and keep leases alive; one lock, held for a moment, guards it.
/// </summary>
internal sealed class LeaseTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Lease> _leases = [];

    // By the time of expiry. A lease kept alive stays where it is and is put back when its old time comes.
    private readonly PriorityQueue<long, long> _expiries = new();

    public bool Contains(long id)
    {
        lock (_lock)
        {
            return _leases.ContainsKey(id);
        }
    }

    /// <summary>Makes a lease; one that exists gets the new time to live.</summary>
    public void Grant(long id, long timeToLiveSeconds, long nowMs) =>
        Restore(new LeaseSnapshot(id, timeToLiveSeconds, nowMs + (timeToLiveSeconds * 1000)));

    /// <summary>Makes a lease that was dropped be there again, without its keys.</summary>
    public void Restore(LeaseSnapshot snapshot)
    {
        lock (_lock)
        {
            if (!_leases.TryGetValue(snapshot.Id, out Lease? lease))
            {
                lease = new Lease(snapshot.Id);
                _leases.Add(snapshot.Id, lease);
            }
            lease.TimeToLiveSeconds = snapshot.TimeToLiveSeconds;
            lease.ExpiresAtMs = snapshot.ExpiresAtMs;
            _expiries.Enqueue(snapshot.Id, lease.ExpiresAtMs);
        }
    }

    /// <summary>Drops a lease, keeping its keys out of it: what they hang on then is nothing.</summary>
    public bool Drop(long id)
    {
        lock (_lock)
        {
            return _leases.Remove(id);
        }
    }

    /// <summary>Restarts the lease's time; false if there is no such lease or its time is over.</summary>
    public bool TryKeepAlive(long id, long nowMs, out LeaseSnapshot snapshot)
    {
        lock (_lock)
        {
            if (!_leases.TryGetValue(id, out Lease? lease) || lease.ExpiresAtMs <= nowMs)
            {
                snapshot = default;
                return false;
            }
            lease.ExpiresAtMs = nowMs + (lease.TimeToLiveSeconds * 1000);
            snapshot = lease.Snapshot();
            return true;
        }
    }

    public bool TryGet(long id, bool withKeys, out LeaseSnapshot snapshot, out ImmutableArray<string> keys)
    {
        lock (_lock)
        {
            keys = [];
            if (!_leases.TryGetValue(id, out Lease? lease))
            {
                snapshot = default;
                return false;
            }
            snapshot = lease.Snapshot();
            if (withKeys)
            {
                keys = lease.SortedKeys();
            }
            return true;
        }
    }

    /// <summary>The keys on a lease in ordinal order; none if there is no such lease.</summary>
    public ImmutableArray<string> KeysOf(long id)
    {
        lock (_lock)
        {
            return _leases.TryGetValue(id, out Lease? lease) ? lease.SortedKeys() : [];
        }
    }

    public ImmutableArray<LeaseSnapshot> All()
    {
        lock (_lock)
        {
            return [.. _leases.Values.Select(lease => lease.Snapshot()).OrderBy(lease => lease.Id)];
        }
    }

    /// <summary>
    /// Takes a key from one lease to another; 0 stands for none. A lease that does not exist is left out: while a log
    /// is replayed, a key may hang on a lease that was revoked further on.
    /// </summary>
    public void Move(string key, long from, long to)
    {
        if (from == to)
        {
            return;
        }
        lock (_lock)
        {
            if (from != 0 && _leases.TryGetValue(from, out Lease? old))
            {
                old.Keys.Remove(key);
            }
            if (to != 0 && _leases.TryGetValue(to, out Lease? lease))
            {
                lease.Keys.Add(key);
            }
        }
    }

    /// <summary>Puts a key on a lease.</summary>
    public void Attach(string key, long lease) => Move(key, 0, lease);

    /// <summary>Leases whose time is over, at most <paramref name="max"/>, the first to run out first.</summary>
    public List<long> TakeExpired(long nowMs, int max)
    {
        List<(long ExpiresAtMs, long Id)> expired = [];
        lock (_lock)
        {
            while (expired.Count < max && _expiries.TryPeek(out long id, out long expiresAtMs) && expiresAtMs <= nowMs)
            {
                _expiries.Dequeue();
                if (!_leases.TryGetValue(id, out Lease? lease))
                {
                    continue;
                }
                if (lease.ExpiresAtMs > nowMs)
                {
                    _expiries.Enqueue(id, lease.ExpiresAtMs);
                }
                else
                {
                    expired.Add((lease.ExpiresAtMs, id));
                }
            }
        }
        expired.Sort();
        return [.. expired.Select(lease => lease.Id).Distinct()];
    }

    /// <summary>Has <see cref="TakeExpired"/> name the lease again: revoking it failed.</summary>
    public void Requeue(long id, long atMs)
    {
        lock (_lock)
        {
            _expiries.Enqueue(id, atMs);
        }
    }

    private sealed class Lease(long id)
    {
        public long TimeToLiveSeconds { get; set; }

        public long ExpiresAtMs { get; set; }

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        public LeaseSnapshot Snapshot() => new(id, TimeToLiveSeconds, ExpiresAtMs);

        public ImmutableArray<string> SortedKeys()
        {
            string[] keys = [.. Keys];
            Array.Sort(keys, string.CompareOrdinal);
            return [.. keys];
        }
    }
}
