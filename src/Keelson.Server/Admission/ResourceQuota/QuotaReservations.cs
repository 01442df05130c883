using System.Collections.Concurrent;
using Keelson.Server.Storage;

namespace Keelson.Server.Admission.ResourceQuota;

/// <summary>
/// Writes that have been charged to a quota and are not stored yet. While there are any, the objects stored do not tell
/// what is used; a write that has not come after a while has failed.
/// </summary>
internal sealed class QuotaReservations(TimeProvider clock)
{
    /// <summary>How long a write may take from its admission to the store.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Reservation, bool> _open = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes a write before it is charged.</summary>
    public void Add(ObjectCache cache, string @namespace, string name)
    {
        string key = cache.KeyOf(@namespace, name);
        _open[new(cache, @namespace, key, cache.Snapshot.Find(key)?.Revision ?? 0, clock.GetTimestamp())] = true;
    }

    /// <summary>True while a write to the namespace is on its way.</summary>
    public bool AnyIn(string @namespace)
    {
        bool any = false;
        foreach (Reservation one in _open.Keys)
        {
            if (one.Cache.Snapshot.Find(one.Key)?.Revision > one.Revision || clock.GetElapsedTime(one.Since) > Patience)
            {
                _open.TryRemove(one, out _);
            }
            else
            {
                any |= one.Namespace == @namespace;
            }
        }

        return any;
    }

    private sealed record Reservation(ObjectCache Cache, string Namespace, string Key, long Revision, long Since);
}
