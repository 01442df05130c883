using System.Collections.Concurrent;

namespace Keelson.Nodes.Volumes;

/// <summary>
/// The attached volumes that pods of this node use, as the node's status lists them (<c>volumesInUse</c>): who detaches
/// volumes waits until they are no longer there.
/// </summary>
internal sealed class AttachedVolumes
{
    private readonly ConcurrentDictionary<(string PodUid, string Volume), bool> _uses = [];
    private readonly ConcurrentDictionary<(string PodUid, string Driver), long> _refused = [];
    private volatile bool _isComplete;

    /// <summary>Called when there is one more or one less.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <summary>The volumes; null while it is not known yet what the pods of the last agent use.</summary>
    public IReadOnlyList<string>? Names => _isComplete
        ? [.. _uses.Keys.Select(static one => one.Volume).Distinct().Order(StringComparer.Ordinal)]
        : null;

    /// <summary>A volume of a storage driver as upstream names it.</summary>
    public static string NameOf(string driver, string handle) => $"kubernetes.io/csi/{driver}^{handle}";

    /// <summary>All pods of the last agent have been looked at.</summary>
    public void Complete()
    {
        _isComplete = true;
        Changed();
    }

    /// <summary>A pod uses a volume from now on.</summary>
    public void Use(string podUid, string volume)
    {
        if (_uses.TryAdd((podUid, volume), true))
        {
            Changed();
        }
    }

    /// <summary>Notes whether a volume of a pod can't be attached as its driver has no room for more of them on the
    /// node.</summary>
    /// <param name="podUid">The pod.</param>
    /// <param name="driver">The driver.</param>
    /// <param name="isRefused">Whether that is so by now.</param>
    /// <param name="now">The time, as a timestamp.</param>
    public void Look(string podUid, string driver, bool isRefused, long now)
    {
        if (isRefused)
        {
            _refused.TryAdd((podUid, driver), now);
        }
        else
        {
            _refused.TryRemove((podUid, driver), out _);
        }
    }

    /// <summary>The drivers that have had no room for a pod's volumes since some time or longer.</summary>
    public IReadOnlyList<string> FullSince(string podUid, long since) =>
        _refused.IsEmpty ? [] : [.. _refused.Where(one => one.Key.PodUid == podUid && one.Value <= since)
            .Select(static one => one.Key.Driver)];

    /// <summary>Nothing of a pod is in place any more.</summary>
    public void Release(string podUid)
    {
        foreach ((string, string) one in _refused.Keys.Where(one => one.PodUid == podUid))
        {
            _refused.TryRemove(one, out _);
        }

        bool hasChanged = false;
        foreach ((string, string) one in _uses.Keys.Where(one => one.PodUid == podUid))
        {
            hasChanged |= _uses.TryRemove(one, out _);
        }

        if (hasChanged)
        {
            Changed();
        }
    }
}
