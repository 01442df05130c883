using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>The plugins of a profile at one extension point each, in the order in which they run.</summary>
internal sealed class ProfilePlugins
{
    public IReadOnlyList<IPreEnqueuePlugin> PreEnqueue { get; init; } = [];

    public required IQueueSortPlugin QueueSort { get; init; }

    public IPreFilterPlugin[] PreFilter { get; init; } = [];

    public IFilterPlugin[] Filter { get; init; } = [];

    public IPostFilterPlugin[] PostFilter { get; init; } = [];

    public IPreScorePlugin[] PreScore { get; init; } = [];

    public (IScorePlugin Plugin, int Weight)[] Score { get; init; } = [];

    public IReservePlugin[] Reserve { get; init; } = [];

    public IPermitPlugin[] Permit { get; init; } = [];

    public IPreBindPlugin[] PreBind { get; init; } = [];

    public IBindPlugin[] Bind { get; init; } = [];

    public IPostBindPlugin[] PostBind { get; init; } = [];

    /// <summary>All plugins of the profile, once each.</summary>
    public required IReadOnlyList<IPlugin> All { get; init; }
}

/// <summary>A scheduler by name: its plugins, run in order.</summary>
internal sealed class Profile : IFilterRunner
{
    private readonly ProfilePlugins _plugins;
    private readonly Nominations _nominations;
    private readonly Dictionary<IPreFilterPlugin, ulong> _filterBits;
    private readonly (IPreFilterExtensions Plugin, ulong Filter)[] _extensions;
    private readonly Dictionary<string, IReadOnlyList<ClusterEventHint>> _hints;

    public Profile(string name, int? percentageOfNodesToScore, ProfilePlugins plugins, Nominations nominations)
    {
        Name = name;
        PercentageOfNodesToScore = percentageOfNodesToScore;
        _plugins = plugins;
        _nominations = nominations;
        _filterBits = plugins.PreFilter.ToDictionary(static one => one, FilterBit);
        _extensions = [.. plugins.PreFilter.OfType<IPreFilterExtensions>().Select(one => (one, FilterBit(one)))];
        _hints = plugins.All.ToDictionary(
            static one => one.Name,
            static one => (IReadOnlyList<ClusterEventHint>)(one is IEnqueueExtensions extensions
                ? [.. extensions.EventsToRegister()]
                : [new(new(EventResource.Any, ActionType.All))]),
            StringComparer.Ordinal);
    }

    /// <summary>The name that pods choose it by.</summary>
    public string Name { get; }

    /// <summary>How many of the nodes are enough to choose from; null for the scheduler's setting.</summary>
    public int? PercentageOfNodesToScore { get; }

    /// <summary>The plugins.</summary>
    public ProfilePlugins Plugins => _plugins;

    /// <summary>What a plugin waits for.</summary>
    public IReadOnlyList<ClusterEventHint> HintsOf(string plugin) =>
        _hints.TryGetValue(plugin, out IReadOnlyList<ClusterEventHint>? hints)
        ? hints
        : [];

    /// <summary>What keeps a pod out of the queue.</summary>
    public PluginStatus? PreEnqueue(PodInfo pod)
    {
        for (int i = 0; i < _plugins.PreEnqueue.Count; i++)
        {
            if (_plugins.PreEnqueue[i].PreEnqueue(pod) is { } gate)
            {
                return gate;
            }
        }

        return null;
    }

    /// <summary>Runs PreFilter; the restriction is what all plugins agree on.</summary>
    public PluginStatus? PreFilter(
        CycleState state, PodInfo pod, out NodeRestriction? restriction, out IReadOnlyList<string> restricting)
    {
        restriction = null;
        List<string> names = [];
        restricting = names;
        foreach (IPreFilterPlugin plugin in _plugins.PreFilter)
        {
            PluginStatus? status = plugin.PreFilter(state, pod, out NodeRestriction? own);
            if (status is { Code: StatusCode.Skip })
            {
                state.SkippedFilters |= _filterBits[plugin];
                continue;
            }

            if (status is not null)
            {
                return status.Code == StatusCode.Error
                    ? PluginStatus.Error(plugin.Name, $"running PreFilter plugin \"{plugin.Name}\": {status.Message}")
                    : status;
            }

            if (own is null)
            {
                continue;
            }

            names.Add(plugin.Name);
            restriction = restriction is null ? own
                : new(restriction.NodeNames.Intersect(own.NodeNames).ToHashSet(StringComparer.Ordinal));
            if (restriction.NodeNames.Count == 0)
            {
                string message = names.Count == 1
                    ? $"node(s) didn't satisfy plugin {plugin.Name}"
                    : $"node(s) didn't satisfy plugin(s) [{string.Join(' ', names)}] simultaneously";
                return new(StatusCode.UnschedulableAndUnresolvable, plugin.Name, message);
            }
        }

        return null;
    }

    /// <summary>The filters that have something to say about the pod.</summary>
    public IFilterPlugin[] FiltersFor(CycleState state)
    {
        if (state.Filters is { } known)
        {
            return known;
        }

        List<IFilterPlugin> filters = new(_plugins.Filter.Length);
        for (int i = 0; i < _plugins.Filter.Length; i++)
        {
            if ((state.SkippedFilters & (1UL << i)) == 0)
            {
                filters.Add(_plugins.Filter[i]);
            }
        }

        return state.Filters = filters.Count == _plugins.Filter.Length ? _plugins.Filter : [.. filters];
    }

    /// <inheritdoc/>
    public PluginStatus? FilterWithNominated(CycleState state, PodInfo pod, NodeInfo node) =>
        FilterWithNominated(FiltersFor(state), state, pod, node);

    /// <summary>Runs filters on a node, with the pods that are promised it and without them.</summary>
    public PluginStatus? FilterWithNominated(IFilterPlugin[] filters, CycleState state, PodInfo pod, NodeInfo node)
    {
        // Without them first: the pod may rely on one that never comes, and this is the cheaper question.
        if (Filter(filters, state, pod, node) is { } unfit)
        {
            return unfit;
        }

        if (_nominations.Count > 0 && Promised(pod, node) is { } promised)
        {
            CycleState with = FollowsPods(state) ? state.Clone() : state;
            NodeInfo full = node.Clone();
            foreach (PodInfo other in promised)
            {
                PodInfo there = other.On(node.Name);
                full.AddPod(there);
                if (AddPod(with, pod, there, full) is { } failed)
                {
                    return failed;
                }
            }

            // With them too, so that they still find their room.
            return Filter(filters, with, pod, full);
        }

        return null;
    }

    /// <inheritdoc/>
    public bool FollowsPods(CycleState state)
    {
        foreach ((_, ulong filter) in _extensions)
        {
            if ((state.SkippedFilters & filter) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public PluginStatus? AddPod(CycleState state, PodInfo pod, PodInfo added, NodeInfo node)
    {
        foreach ((IPreFilterExtensions extensions, ulong filter) in _extensions)
        {
            if ((state.SkippedFilters & filter) == 0 && extensions.AddPod(state, pod, added, node) is { } status)
            {
                return status;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? RemovePod(CycleState state, PodInfo pod, PodInfo removed, NodeInfo node)
    {
        foreach ((IPreFilterExtensions extensions, ulong filter) in _extensions)
        {
            if ((state.SkippedFilters & filter) == 0 && extensions.RemovePod(state, pod, removed, node) is { } status)
            {
                return status;
            }
        }

        return null;
    }

    /// <summary>Runs PostFilter until one plugin has a solution; otherwise all reasons together.</summary>
    public PluginStatus? PostFilter(CycleState state, PodInfo pod, NodeStatuses statuses, out Nomination? nomination)
    {
        nomination = null;
        List<string> reasons = [];
        foreach (IPostFilterPlugin plugin in _plugins.PostFilter)
        {
            PluginStatus? status = plugin.PostFilter(state, pod, statuses, out Nomination? own);
            nomination = own ?? nomination;
            if (status is null || !status.IsRejected || status.Code == StatusCode.UnschedulableAndUnresolvable)
            {
                return status;
            }

            reasons.AddRange(status.Reasons);
        }

        return new(StatusCode.Unschedulable, "", [.. reasons]);
    }

    /// <summary>Reserves; on failure everything is taken back.</summary>
    public PluginStatus? Reserve(CycleState state, PodInfo pod, NodeInfo node)
    {
        foreach (IReservePlugin plugin in _plugins.Reserve)
        {
            if (plugin.Reserve(state, pod, node) is { } status)
            {
                Unreserve(state, pod, node.Name);
                return status;
            }
        }

        return null;
    }

    /// <summary>Takes reservations back, the last one first.</summary>
    public void Unreserve(CycleState state, PodInfo pod, string nodeName)
    {
        for (int i = _plugins.Reserve.Length - 1; i >= 0; i--)
        {
            _plugins.Reserve[i].Unreserve(state, pod, nodeName);
        }
    }

    private static PluginStatus? Filter(IFilterPlugin[] filters, CycleState state, PodInfo pod, NodeInfo node)
    {
        foreach (IFilterPlugin filter in filters)
        {
            if (filter.Filter(state, pod, node) is { } status)
            {
                return status.Code == StatusCode.Error
                    ? PluginStatus.Error(filter.Name, $"running \"{filter.Name}\" filter plugin: {status.Message}")
                    : status;
            }
        }

        return null;
    }

    private List<PodInfo>? Promised(PodInfo pod, NodeInfo node)
    {
        List<PodInfo>? promised = null;
        foreach (PodInfo other in _nominations.On(node.Name))
        {
            if (other.Priority >= pod.Priority && other.Uid != pod.Uid)
            {
                (promised ??= []).Add(other);
            }
        }

        return promised;
    }

    private ulong FilterBit(IPlugin plugin)
    {
        int at = Array.FindIndex(_plugins.Filter, one => ReferenceEquals(one, plugin));
        return at >= 0 ? 1UL << at : 0;
    }
}
