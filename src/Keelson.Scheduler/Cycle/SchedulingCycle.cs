using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Metrics;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// One attempt to place one pod, on the scheduling loop: find nodes, rank them, reserve, hand over to binding.
/// </summary>
internal sealed class SchedulingCycle(SchedulingParts parts, BindingCycle binding, FailureReport failures)
{
    private static readonly Nomination Clear = new("");

    private NodeStatuses? _statuses;

    /// <summary>Tries to place a pod.</summary>
    public void Run(QueuedPod queued)
    {
        PodInfo pod = queued.Pod;
        if (!parts.Profiles.TryGetValue(pod.Pod.Spec.SchedulerName, out Profile? profile))
        {
            return;
        }

        if (pod.IsTerminating)
        {
            parts.Events[profile.Name].Record(
                pod.Pod, null, "Warning", "FailedScheduling", "Scheduling", $"skip schedule deleting pod: {pod.Key}");
            return;
        }

        long started = parts.Clock.GetTimestamp();
        CycleState state = new();
        AttemptOutcome outcome = Place(profile, state, pod);
        parts.Metrics.AlgorithmTook(parts.Clock.GetElapsedTime(started));
        if (outcome.Node is { } node)
        {
            Assume(queued, profile, state, node, started);
        }
        else
        {
            failures.Failed(queued, profile, outcome);
            parts.Metrics.Attempted(
                profile.Name, outcome.IsError ? AttemptResult.Error
                    : AttemptResult.Unschedulable, parts.Clock.GetElapsedTime(started));
        }
    }

    private AttemptOutcome Place(Profile profile, CycleState state, PodInfo pod)
    {
        if (parts.State.Snapshot.Order.Nodes.Length == 0)
        {
            return AttemptOutcome.Unschedulable(FitFailure.NoNodes, [], Clear);
        }

        NodeStatuses statuses = Statuses();
        if (profile.PreFilter(
            state, pod, out NodeRestriction? restriction, out IReadOnlyList<string> restricting) is { } refused)
        {
            if (!refused.IsRejected)
            {
                return AttemptOutcome.Failed(refused);
            }

            statuses.Absent = refused;
            return Unfit(profile, state, pod, statuses, [refused.Plugin], refused);
        }

        ReadOnlySpan<NodeInfo> feasible =
            Feasible(profile, state, pod, statuses, restriction, restricting, out PluginStatus? error);
        error ??= statuses.Error;
        if (error is not null)
        {
            return AttemptOutcome.Failed(error);
        }

        if (feasible.Length == 0)
        {
            return Unfit(profile, state, pod, statuses, Rejecting(statuses, restricting), null);
        }

        if (feasible.Length == 1)
        {
            return AttemptOutcome.Placed(feasible[0]);
        }

        if (parts.Ranking.Rank(profile, state, pod, feasible, out Span<long> totals) is { } failed)
        {
            return AttemptOutcome.Failed(failed);
        }

        foreach (Extender extender in parts.Extenders)
        {
            extender.Prioritize(pod, feasible, totals);
        }

        return AttemptOutcome.Placed(feasible[parts.Ranking.Pick(totals)]);
    }

    private ReadOnlySpan<NodeInfo> Feasible(
        Profile profile,
        CycleState state,
        PodInfo pod,
        NodeStatuses statuses,
        NodeRestriction? restriction,
        IReadOnlyList<string> restricting,
        out PluginStatus? failure)
    {
        PluginStatus? error = null;
        ReadOnlySpan<NodeInfo> feasible =
            FeasibleOrError(profile, state, pod, statuses, (restriction, restricting), ref error);
        failure = error;
        return feasible;
    }

    private ReadOnlySpan<NodeInfo> FeasibleOrError(
        Profile profile,
        CycleState state,
        PodInfo pod,
        NodeStatuses statuses,
        (NodeRestriction? Nodes, IReadOnlyList<string> Plugins) restricted,
        scoped ref PluginStatus? error)
    {
        // A pod that was promised a node takes it if it can: others were moved out for it.
        if (Nominated(pod, restricted.Nodes) is { } promised)
        {
            ReadOnlySpan<NodeInfo> kept = parts.Finder.FindAmong(profile, state, pod, statuses, [promised]);
            kept = Extend(pod, kept, statuses, ref error);
            if (kept.Length > 0 && error is null)
            {
                return kept;
            }
        }

        if (restricted.Nodes is { } restriction)
        {
            string plugins = string.Join(' ', restricted.Plugins.Order(StringComparer.Ordinal));
            statuses.Absent =
                new(StatusCode.UnschedulableAndUnresolvable, "", $"node(s) didn't satisfy plugin(s) [{plugins}]");
            NodeInfo[] nodes = [.. restriction.NodeNames.Select(parts.State.Snapshot.Find).OfType<NodeInfo>()];
            return Extend(pod, parts.Finder.FindAmong(profile, state, pod, statuses, nodes), statuses, ref error);
        }

        return Extend(pod, parts.Finder.Find(profile, state, pod, statuses), statuses, ref error);
    }

    private ReadOnlySpan<NodeInfo> Extend(
        PodInfo pod, ReadOnlySpan<NodeInfo> feasible, NodeStatuses statuses, scoped ref PluginStatus? error)
    {
        foreach (Extender extender in parts.Extenders)
        {
            if (feasible.Length == 0)
            {
                break;
            }

            if (extender.IsInterested(pod) && extender.HasFilter)
            {
                feasible = extender.Filter(pod, feasible, statuses, out error);
                if (error is not null)
                {
                    break;
                }
            }
        }

        return feasible;
    }

    private NodeInfo? Nominated(PodInfo pod, NodeRestriction? restriction)
    {
        string name = parts.State.Nominations.NodeOf(pod);
        name = name.Length > 0 ? name : pod.Pod.Status.NominatedNodeName;
        return name.Length > 0 && (restriction is null || restriction.NodeNames.Contains(name))
            ? parts.State.Snapshot.Find(name)
            : null;
    }

    private AttemptOutcome Unfit(
        Profile profile, CycleState state, PodInfo pod, NodeStatuses statuses, IReadOnlyCollection<string> plugins,
        PluginStatus? refused)
    {
        Nomination? nomination = null;
        string after = "";
        if (profile.Plugins.PostFilter.Length > 0)
        {
            PluginStatus? status = profile.PostFilter(state, pod, statuses, out nomination);
            after = status?.Message ?? "";
        }

        AttemptOutcome outcome = AttemptOutcome.Unschedulable(
            FitFailure.Message(statuses, refused?.Message ?? "", after), plugins, nomination);
        outcome.IsPending = refused is { Code: StatusCode.Pending };
        return outcome;
    }

    private static HashSet<string> Rejecting(NodeStatuses statuses, IReadOnlyList<string> restricting)
    {
        HashSet<string> plugins = [.. restricting];
        foreach (PluginStatus status in statuses.Tally().Keys)
        {
            // Nodes that a restriction left out are in its plugins' name.
            if (!ReferenceEquals(status, statuses.Absent))
            {
                plugins.Add(status.Plugin);
            }
        }

        return plugins;
    }

    private void Assume(QueuedPod queued, Profile profile, CycleState state, NodeInfo node, long started)
    {
        PodInfo placed = queued.Pod.On(node.Name);
        string nominated = parts.State.Nominations.NodeOf(placed);
        parts.State.Assume(placed);
        Placement placement = new(queued, placed, profile, state, node.Name, started);
        PluginStatus? status = profile.Reserve(state, placed, node);
        WaitingPod? waiting = null;
        if (status is null)
        {
            status = Permit(profile, state, placed, node, out waiting);
            if (status is not null)
            {
                profile.Unreserve(state, placed, node.Name);
            }
        }

        if (status is not null)
        {
            parts.State.Forget(placed);
            failures.Failed(queued, profile, status.IsRejected
                ? AttemptOutcome.Unschedulable(RejectedAfterwards(status), [status.Plugin], Clear)
                : AttemptOutcome.Failed(status));
            parts.Metrics.Attempted(
                profile.Name, status.IsRejected ? AttemptResult.Unschedulable
                    : AttemptResult.Error, parts.Clock.GetElapsedTime(started));
            return;
        }

        PreFlight(placement, node, nominated, waiting is not null);
        binding.Start(placement, waiting);
    }

    private static string RejectedAfterwards(PluginStatus status) => $"0/1 nodes are available: 1 {status.Message}.";

    private static PluginStatus? WithPlugin(PluginStatus status, string plugin) =>
        status.Plugin.Length > 0 ? status : new(status.Code, plugin, [.. status.Reasons]);

    private PluginStatus? Permit(Profile profile, CycleState state, PodInfo pod, NodeInfo node, out WaitingPod? waiting)
    {
        List<(string, TimeSpan)> plugins = [];
        waiting = null;
        foreach (IPermitPlugin plugin in profile.Plugins.Permit)
        {
            PluginStatus? status = plugin.Permit(state, pod, node, out TimeSpan timeout);
            if (status is { Code: StatusCode.Wait })
            {
                plugins.Add((plugin.Name, timeout));
            }
            else if (status is not null)
            {
                return WithPlugin(status, plugin.Name);
            }
        }

        waiting = plugins.Count > 0 ? parts.WaitingPods.Add(pod, plugins) : null;
        return null;
    }

    /// <summary>
    /// Asks who has something to prepare; where binding will take a while, the pod shows the node it is meant for.
    /// </summary>
    private void PreFlight(Placement placement, NodeInfo node, string nominated, bool waits)
    {
        bool prepares = false;
        IPreBindPlugin[] plugins = placement.Profile.Plugins.PreBind;
        for (int i = 0; i < plugins.Length; i++)
        {
            if (plugins[i].PreBindPreFlight(placement.State, placement.Pod, node) is { Code: StatusCode.Skip })
            {
                placement.State.SkippedPreBinds |= 1UL << i;
            }
            else
            {
                prepares = true;
            }
        }

        if ((prepares || waits) && nominated != node.Name
            && placement.Queued.Pod.Pod.Status.NominatedNodeName != node.Name)
        {
            parts.Statuses.Write(new(placement.Queued.Pod.Pod, null, new(node.Name)));
        }
    }

    private NodeStatuses Statuses()
    {
        if (_statuses is null || !_statuses.TryReuse(parts.State.Snapshot))
        {
            _statuses = new(parts.State.Snapshot);
        }

        return _statuses;
    }
}
