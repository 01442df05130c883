using Keelson.Api.Kinds;

namespace Keelson.Server.Storage;

/// <summary>Everything the server knows about one resource's objects: the snapshot for reads, the recent changes for
/// watches.</summary>
internal sealed class ObjectCache(ApiKind kind, string prefix, FormBudget forms)
{
    private ObjectSnapshot _snapshot = ObjectSnapshot.Empty;
    private Action<ObjectEvent>[] _observers = [];

    /// <summary>The kind that is stored.</summary>
    public ApiKind Kind { get; } = kind;

    /// <summary>What all keys of the resource begin with, with a slash at the end.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>True once somebody in the process reads all of the kind's records: what is written is then kept as it
    /// is.</summary>
    public bool KeepsRecords { get; set; }

    /// <summary>The newest snapshot.</summary>
    public ObjectSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>The recent changes.</summary>
    public EventRing Events { get; private set; } = new(TimeProvider.System, 0);

    /// <summary>The key of an object.</summary>
    public string KeyOf(string @namespace, string name) =>
        Kind.Info.Namespaced ? string.Concat(Prefix, @namespace, "/", name) : string.Concat(Prefix, name);

    /// <summary>The range of keys of a namespace, or of all.</summary>
    public (string From, string To) RangeOf(string @namespace)
    {
        string start = @namespace.Length == 0 || !Kind.Info.Namespaced ? Prefix : Prefix + @namespace + "/";
        return (start, start[..^1] + "0"); // '0' is the character behind '/'
    }

    /// <summary>Fills the cache when the server starts.</summary>
    public void Load(List<StoredObject> sorted, long revision, TimeProvider clock)
    {
        Events = new(clock, revision);
        foreach (StoredObject obj in sorted)
        {
            obj.MayKeepForms(forms);
        }

        Volatile.Write(ref _snapshot, ObjectSnapshot.From(sorted, revision));
    }

    /// <summary>Takes a change over. Only the store's observer calls this, in order.</summary>
    public void Apply(string key, StoredObject? obj, long revision)
    {
        StoredObject? previous = _snapshot.Find(key);
        if (obj is null && previous is null)
        {
            return;
        }

        obj?.MayKeepForms(forms);
        ObjectEvent change = new(obj, previous, revision);
        Volatile.Write(ref _snapshot, obj is null ? _snapshot.Remove(key, revision) : _snapshot.Put(obj));
        Events.Append(change);
        foreach (Action<ObjectEvent> observer in Volatile.Read(ref _observers))
        {
            observer(change);
        }
    }

    /// <summary>
    /// Calls back for every change from now on, on the store's thread: quick and without waiting. The caller reads the
    /// snapshot itself for what is there already; seeing a change twice must not hurt it.
    /// </summary>
    public void Observe(Action<ObjectEvent> observer) => _observers = [.. _observers, observer];

    /// <summary>Drops forms of objects that nobody asked for in a while.</summary>
    public void DropColdForms() => Snapshot.DropColdForms();
}
