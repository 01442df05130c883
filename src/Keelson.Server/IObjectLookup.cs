using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server;

/// <summary>
/// Reads objects straight from the server's caches, for what runs inside it: admission, authentication, authorization.
/// No identity, no copy; what comes back is shared and immutable.
/// </summary>
public interface IObjectLookup
{
    /// <summary>An object by name; null when there is none. The namespace is empty for kinds of the cluster.</summary>
    T? Find<T>(string @namespace, string name)
        where T : class, IKind<T>;

    /// <summary>The objects of a namespace, or of all for an empty one.</summary>
    IEnumerable<T> List<T>(string @namespace = "")
        where T : class, IKind<T>;

    /// <summary>Calls back with namespace and name after every change of a kind; for those who read the object
    /// later.</summary>
    void ObserveNames<T>(Action<string, string> changed)
        where T : class, IKind<T>;

    /// <summary>Calls back, quickly and in order, after every change of a kind; (old or null, new or null).</summary>
    void Observe<T>(Action<T?, T?> changed)
        where T : class, IKind<T>;
}

/// <summary>The lookup over the server's storage.</summary>
internal sealed class StorageLookup(ObjectStorage storage) : IObjectLookup
{
    /// <summary>So many objects are listed at once, more as they are asked for.</summary>
    private const int FewObjects = 64;

    public T? Find<T>(string @namespace, string name)
        where T : class, IKind<T>
    {
        ObjectCache cache = CacheOf<T>();
        return cache.Snapshot.Find(cache.KeyOf(@namespace, name)) is { } found ? Kept<T>(found) : null;
    }

    public IEnumerable<T> List<T>(string @namespace = "")
        where T : class, IKind<T>
    {
        ObjectCache cache = CacheOf<T>();
        ObjectSnapshot snapshot = cache.Snapshot;
        if (snapshot.Count == 0)
        {
            return [];
        }

        (string from, string to) = cache.RangeOf(@namespace);
        ObjectRange range = snapshot.Range(from, to);
        return snapshot.Count <= FewObjects ? All<T>(range) : range.Select(Kept<T>).OfType<T>();
    }

    public void ObserveNames<T>(Action<string, string> changed)
        where T : class, IKind<T>
    {
        CacheOf<T>().Observe(change =>
        {
            StoredObject obj = change.Object ?? change.Previous!;
            changed(obj.Namespace, obj.Name);
        });
    }

    public void Observe<T>(Action<T?, T?> changed)
        where T : class, IKind<T>
    {
        CacheOf<T>().Observe(change =>
        {
            (T? old, T? now) = (Kept<T>(change.Previous), Kept<T>(change.Object));
            if (old is not null || now is not null)
            {
                changed(old, now);
            }
        });
    }

    private static List<T> All<T>(ObjectRange range)
        where T : class, IKind<T>
    {
        List<T> all = [];
        foreach (ObjectSlice slice in range.Slices)
        {
            foreach (StoredObject obj in slice.Objects)
            {
                if (Kept<T>(obj) is { } kept)
                {
                    all.Add(kept);
                }
            }
        }

        return all;
    }

    private ObjectCache CacheOf<T>()
        where T : class, IKind<T> => storage.CacheOf(KindOf<T>.Kind);

    /// <summary>An object's record; null for what somebody wrote to the store that is no object. It must not stop the
    /// rest.</summary>
    private static T? Kept<T>(StoredObject? obj)
        where T : class, IKind<T>
    {
        try
        {
            return (T?)obj?.KeptRecord;
        }
        catch (Exception exception) when (exception is DecodeException or JsonException)
        {
            return null;
        }
    }
}
