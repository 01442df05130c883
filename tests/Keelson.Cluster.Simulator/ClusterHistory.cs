using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Store;

namespace Keelson.Cluster.Simulator;

/// <summary>An object was written or deleted.</summary>
internal readonly record struct Change(long Revision, IObject? Old, IObject? Now)
{
    /// <summary>The object, as it is or was.</summary>
    public IObject Object => (Now ?? Old)!;
}

/// <summary>A rule that holds at every revision.</summary>
internal interface IInvariant
{
    /// <summary>Says what a change broke; the cluster is as it is right behind it.</summary>
    IEnumerable<string> Check(ClusterHistory cluster, Change change);
}

/// <summary>
/// The cluster as the store has it, revision by revision: no cache, no client is between it and what was committed.
/// </summary>
internal sealed class ClusterHistory(IReadOnlyList<IInvariant> invariants, TimeProvider clock) : IStoreObserver
{
    private const string Root = "/registry/";

    private static readonly Dictionary<string, ApiKind> ByPrefix = ApiKinds.All
        .Where(static kind => kind.Stored == kind && kind.Info.StoragePrefix is not ("" or "events" or "leases"))
        .DistinctBy(static kind => kind.Info.StoragePrefix)
        .ToDictionary(static kind => kind.Info.StoragePrefix, StringComparer.Ordinal);

    private readonly SortedDictionary<string, IObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, SortedDictionary<string, IObject>> _byType = [];
    private readonly List<string> _violations = [];

    /// <summary>Told of every change; null for nobody.</summary>
    public Action<Change>? Trace { get; set; }

    /// <summary>What was broken, in order.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The last revision seen.</summary>
    public long Revision { get; private set; }

    /// <summary>All objects.</summary>
    public IEnumerable<IObject> All => _objects.Values;

    /// <summary>The time.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<T> Of<T>()
        where T : class, IObject =>
        _byType.TryGetValue(typeof(T), out SortedDictionary<string, IObject>? found) ? found.Values.Cast<T>() : [];

    /// <summary>The pods that an object controls.</summary>
    public IEnumerable<Pod> PodsOf(IObject owner) =>
        Of<Pod>().Where(pod => ControllerOf(pod)?.Uid == owner.Metadata.Uid);

    /// <summary>The controller of an object; null for none.</summary>
    public static OwnerReference? ControllerOf(IObject obj) =>
        obj.Metadata.OwnerReferences.FirstOrDefault(static one => one.Controller == true);

    public void OnBatch(WatchBatch batch)
    {
        foreach (StoreEvent one in batch.Events)
        {
            Revision = one.Item.ModRevision;
            if (KindAt(one.Item.Key) is { } kind)
            {
                Apply(kind, one);
            }
        }
    }

    public void OnLost(StoreUnavailableException reason)
    {
        // The simulation is over.
    }

    private void Apply(ApiKind kind, StoreEvent one)
    {
        string key = one.Item.Key;
        IObject? old = _objects.GetValueOrDefault(key);
        IObject? now = one.IsDeletion ? null : kind.DecodeJson(one.Item.Value.AsSpan());
        Type type = (now ?? old!).GetType();
        if (!_byType.TryGetValue(type, out SortedDictionary<string, IObject>? same))
        {
            _byType.Add(type, same = new(StringComparer.Ordinal));
        }

        if (now is null)
        {
            _objects.Remove(key);
            same.Remove(key);
        }
        else
        {
            _objects[key] = now;
            same[key] = now;
        }

        Change change = new(Revision, old, now);
        Trace?.Invoke(change);
        foreach (string broken in invariants.SelectMany(invariant => invariant.Check(this, change)))
        {
            _violations.Add($"revision {Revision}, {Now:HH:mm:ss.fff}: {broken}");
        }
    }

    private static ApiKind? KindAt(string key)
    {
        if (!key.StartsWith(Root, StringComparison.Ordinal))
        {
            return null;
        }

        string rest = key[Root.Length..];
        int first = rest.IndexOf('/', StringComparison.Ordinal);
        if (first < 0 || ByPrefix.TryGetValue(rest[..first], out ApiKind? kind))
        {
            return first < 0 ? null : ByPrefix[rest[..first]];
        }

        int second = rest.IndexOf('/', first + 1);
        return second < 0 ? null : ByPrefix.GetValueOrDefault(rest[..second]);
    }
}
