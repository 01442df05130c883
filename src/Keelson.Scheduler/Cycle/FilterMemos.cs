using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>The memos of the pods that were placed last, a few of them.</summary>
internal sealed class FilterMemos(NodeSnapshot snapshot, Nominations nominations)
{
    /// <summary>As many kinds of pods as are likely to come in turn; each takes 16 bytes a node.</summary>
    private const int Most = 8;

    // The one that was used last comes first.
    private readonly List<FilterMemo> _memos = [];

    /// <summary>The memo for a pod; null when what its filters say depends on more than the node.</summary>
    public FilterMemo? For(Profile profile, CycleState state, PodInfo pod)
    {
        IFilterPlugin[] filters = profile.FiltersFor(state);
        if (!Array.TrueForAll(filters, static one => one is INodeLocalFilterPlugin))
        {
            return null;
        }

        int at = _memos.FindIndex(one => one.IsGoodFor(profile, filters, pod));
        FilterMemo memo = at >= 0 ? _memos[at] : new(snapshot, profile, filters, pod);
        if (at >= 0)
        {
            _memos.RemoveAt(at);
        }
        else if (_memos.Count == Most)
        {
            _memos.RemoveAt(Most - 1);
        }

        _memos.Insert(0, memo);
        memo.Begin(snapshot.Find(nominations.NodeOf(pod)));
        return memo;
    }
}
