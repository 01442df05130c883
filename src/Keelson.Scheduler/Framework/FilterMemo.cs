using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>
/// What a profile's filters said about nodes, for pods that they all see alike. Most pods are one of many of the same
/// template, and between two of them one node has changed. Only the scheduling loop touches it.
/// </summary>
internal sealed class FilterMemo(NodeSnapshot snapshot, IFilterRunner profile, IFilterPlugin[] filters, PodInfo pod)
{
    // The node of which nothing said here is true, because it is promised to the very pod that is being placed.
    private int _except = -1;

    private readonly PerNode<PluginStatus?> _statuses = new(snapshot);

    /// <summary>True when what is noted holds for a pod too.</summary>
    public bool IsGoodFor(IFilterRunner other, IFilterPlugin[] otherFilters, PodInfo another)
    {
        // Pods of other priority count other promises as kept.
        if (!ReferenceEquals(profile, other) || another.Priority != pod.Priority
            || !otherFilters.AsSpan().SequenceEqual(filters))
        {
            return false;
        }

        foreach (IFilterPlugin filter in filters)
        {
            if (!((INodeLocalFilterPlugin)filter).SeesAlike(pod, another))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A pod is being placed that was promised a node, or none.</summary>
    public void Begin(NodeInfo? promised) => _except = promised?.Index ?? -1;

    /// <summary>True when nothing may be noted of a node now.</summary>
    public bool Excepts(int index) => index == _except;

    /// <summary>What the filters said about a node; null when the pod may run there.</summary>
    public bool TryGet(int index, out PluginStatus? status)
    {
        if (index != _except)
        {
            return _statuses.TryGet(index, out status);
        }

        status = null;
        return false;
    }

    /// <summary>Notes what the filters said about a node.</summary>
    public void Note(int index, PluginStatus? status)
    {
        if (index != _except && status is not { Code: StatusCode.Error })
        {
            _statuses.Set(index, status);
        }
    }
}
