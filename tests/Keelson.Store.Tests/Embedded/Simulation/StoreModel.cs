using System.Text;

namespace Keelson.Store.Tests.Embedded.Simulation;

/// <summary>
/// The store as simply as it can be said: a list of everything that ever happened. Slow and obviously right; the
/// simulation holds the real one against it.
/// </summary>
internal sealed class StoreModel
{
    private readonly List<StoreEvent> _events;
    private readonly SortedDictionary<long, (long TimeToLiveSeconds, long ExpiresAtMs)> _leases;

    public StoreModel()
    {
        _events = [];
        _leases = [];
    }

    private StoreModel(StoreModel other)
    {
        _events = [.. other._events];
        _leases = new(other._leases);
        Revision = other.Revision;
        CompactRevision = other.CompactRevision;
    }

    public long Revision { get; private set; } = 1;

    public long CompactRevision { get; private set; }

    public IEnumerable<long> Leases => _leases.Keys;

    public StoreModel Copy() => new(this);

    public KeyValue? Get(string key, long revision = long.MaxValue)
    {
        for (int i = _events.Count - 1; i >= 0; i--)
        {
            if (_events[i].Item.Key == key && _events[i].Item.ModRevision <= revision)
            {
                return _events[i].IsDeletion ? null : _events[i].Item;
            }
        }
        return null;
    }

    public List<KeyValue> Range(KeyRange keys, long revision = long.MaxValue) =>
    [
        .. _events.Select(change => change.Item.Key).Distinct().Where(keys.Contains).Order(StringComparer.Ordinal)
            .Select(key => Get(key, revision)).OfType<KeyValue>(),
    ];

    public IEnumerable<StoreEvent> Events(KeyRange keys, long from, long to) => _events.Where(change =>
        change.Item.ModRevision >= from && change.Item.ModRevision <= to && keys.Contains(change.Item.Key));

    public bool HasLease(long id) => _leases.ContainsKey(id);

    public long TimeToLiveSeconds(long id) => _leases[id].TimeToLiveSeconds;

    public List<long> Expired(long nowMs) =>
    [
        .. _leases.Where(lease => lease.Value.ExpiresAtMs <= nowMs)
            .OrderBy(lease => (lease.Value.ExpiresAtMs, lease.Key)).Select(lease => lease.Key),
    ];

    public void BeginRevision() => Revision++;

    public void Put(string key, byte[] value, long lease)
    {
        KeyValue? previous = Get(key);
        long create = previous?.CreateRevision ?? Revision;
        _events.Add(new StoreEvent(
            new KeyValue(key, value, create, Revision, (previous?.Version ?? 0) + 1, lease), previous));
    }

    public void Delete(string key) =>
        _events.Add(new StoreEvent(new KeyValue(key, [], 0, Revision, 0), Get(key)!));

    public void Grant(long id, long seconds, long nowMs) => _leases[id] = (seconds, nowMs + (seconds * 1000));

    public void KeepAlive(long id, long nowMs) => Grant(id, _leases[id].TimeToLiveSeconds, nowMs);

    public void Revoke(long id)
    {
        List<KeyValue> keys = [.. Range(KeyRange.All).Where(item => item.Lease == id)];
        if (keys.Count > 0)
        {
            BeginRevision();
        }
        foreach (KeyValue item in keys)
        {
            Delete(item.Key);
        }
        _leases.Remove(id);
    }

    public void Compact(long revision) => CompactRevision = revision;

    /// <summary>After a restart every lease has its whole time again.</summary>
    public void RestartLeases(long nowMs)
    {
        foreach (long id in _leases.Keys.ToList())
        {
            KeepAlive(id, nowMs);
        }
    }

    public static string Describe(KeyValue? item) => item is null
        ? "(none)"
        : $"{item.Key}={Encoding.UTF8.GetString(item.Value)} created {item.CreateRevision} modified {item.ModRevision} "
            + $"version {item.Version} lease {item.Lease}";

    public static string Describe(IEnumerable<KeyValue> items) => string.Join('\n', items.Select(Describe));

    public static string Describe(IEnumerable<StoreEvent> events) => string.Join('\n', events.Select(change =>
        $"{Describe(change.Item)} (before: {Describe(change.Previous)})"));
}
