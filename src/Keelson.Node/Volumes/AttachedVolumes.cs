using System.Collections.Concurrent;

namespace Keelson.Nodes.Volumes;

/// <summary>
/// The attached volumes that pods of this node use, as the node's status lists them (<c>volumesInUse</c>): who detaches
/// volumes waits until they are no longer there.
/// </summary>
internal sealed class AttachedVolumes
{
    private readonly ConcurrentDictionary<(string PodUid, string Volume), bool> _uses = [];
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

    /// <summary>Nothing of a pod is in place any more.</summary>
    public void Release(string podUid)
    {
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
