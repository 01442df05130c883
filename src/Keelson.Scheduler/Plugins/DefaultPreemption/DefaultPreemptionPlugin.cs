using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Metrics;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>
/// Makes room for a pod that fits nowhere by moving out pods of lower priority, where that does the least harm. The pod
/// is promised the node, and waits until the others have left.
/// </summary>
internal sealed class DefaultPreemptionPlugin
    : IPreEnqueuePlugin, IPostFilterPlugin, IEnqueueExtensions, ISnapshotObserver
{
    /// <summary>The name.</summary>
    public const string PluginName = "DefaultPreemption";

    private static readonly PluginStatus StillPreempting = new(
        StatusCode.UnschedulableAndUnresolvable, PluginName, "waiting for the preemption for this pod to be finished");

    private readonly PluginContext _context;
    private readonly CandidateSearch _search;
    private readonly Eviction _eviction;

    // By pod: whose victims are being moved out.
    private readonly Dictionary<string, Preemption> _preempting = new(StringComparer.Ordinal);

    // By node: who waits until its victims are seen to leave. Several may wait for the same victim.
    private readonly Dictionary<string, List<Preemption>> _leaving = new(StringComparer.Ordinal);

    /// <summary>The plugin with its arguments.</summary>
    public DefaultPreemptionPlugin(DefaultPreemptionArgs args, PluginContext context)
    {
        _context = context;
        _search = new(args, context);
        _eviction = new(context);
    }

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() => [];

    /// <inheritdoc/>
    public PluginStatus? PreEnqueue(PodInfo pod)
    {
        if (_preempting.Count == 0 || !_preempting.TryGetValue(pod.Uid, out Preemption? preemption))
        {
            return null;
        }

        preemption.IsWanted = true;
        return StillPreempting;
    }

    /// <inheritdoc/>
    public void NodeAdded(NodeInfo node)
    {
    }

    /// <inheritdoc/>
    public void NodeUpdated(NodeInfo node, Node old)
    {
    }

    /// <inheritdoc/>
    public void NodeRemoved(NodeInfo node) => LookAt(node.Name);

    /// <inheritdoc/>
    public void PodAdded(NodeInfo node, PodInfo pod)
    {
    }

    /// <inheritdoc/>
    public void PodRemoved(NodeInfo node, PodInfo pod) => LookAt(node.Name);

    /// <inheritdoc/>
    public PluginStatus? PostFilter(CycleState state, PodInfo pod, NodeStatuses statuses, out Nomination? nomination)
    {
        nomination = null;
        if (WhyNotEligible(pod, statuses) is { } reason)
        {
            return Refused(StatusCode.Unschedulable, reason);
        }

        List<Candidate> candidates = _search.Find(state, pod, statuses, out NodeStatuses outcomes);
        if (candidates.Count == 0)
        {
            nomination = new("");
            return Refused(StatusCode.Unschedulable, FitFailure.Message(outcomes, "", ""));
        }

        if (AskExtenders(pod, ref candidates) is { } failed)
        {
            return failed;
        }

        if (candidates.Count == 0)
        {
            return Refused(StatusCode.Unschedulable, "no candidate node for preemption");
        }

        Candidate best = CandidateChoice.Best(candidates, _context.Clock.GetUtcNow());
        SchedulerMetrics.Preempting(best.Victims.Count);
        Preempt(best, pod);
        nomination = new(best.NodeName);
        return null;
    }

    private static PluginStatus Refused(StatusCode code, string reason) =>
        new(code, PluginName, "preemption: " + reason);

    private static bool IsPreempted(PodInfo pod)
    {
        foreach (PodCondition one in pod.Pod.Status.Conditions)
        {
            if (one.Type == PodConditionType.DisruptionTarget)
            {
                return one.Status == "True" && one.Reason == "PreemptionByScheduler";
            }
        }

        return false;
    }

    private string? WhyNotEligible(PodInfo pod, NodeStatuses statuses)
    {
        if (pod.Pod.Spec.PreemptionPolicy == PreemptionPolicy.Never)
        {
            return "not eligible due to preemptionPolicy=Never.";
        }

        string promised = _context.Nominations.NodeOf(pod);
        promised = promised.Length > 0 ? promised : pod.Pod.Status.NominatedNodeName;
        if (promised.Length == 0 || _context.Snapshot.Find(promised) is not { } node
            || statuses.Of(node) is { Code: StatusCode.UnschedulableAndUnresolvable })
        {
            return null;
        }

        foreach (PodInfo other in node.Pods)
        {
            if (other.IsTerminating && other.Priority < pod.Priority && IsPreempted(other))
            {
                return "not eligible due to a terminating pod on the nominated node.";
            }
        }

        return null;
    }

    private PluginStatus? AskExtenders(PodInfo pod, ref List<Candidate> candidates)
    {
        foreach (Extender extender in _context.Extenders)
        {
            if (!extender.SupportsPreemption || !extender.IsInterested(pod) || candidates.Count == 0)
            {
                continue;
            }

            Dictionary<string, Candidate> byNode =
                candidates.ToDictionary(static one => one.NodeName, StringComparer.Ordinal);
            Dictionary<string, (List<string> Uids, long Violations)>? answer = extender.Preempt(
                pod,
                byNode.ToDictionary(static one => one.Key, static one => (one.Value.Victims, one.Value.Violations)),
                out string? failure);
            if (answer is null)
            {
                if (extender.IsIgnorable)
                {
                    continue;
                }

                return PluginStatus.Error(PluginName, "preemption: " + failure);
            }

            candidates = [.. answer
                .Where(one => byNode.ContainsKey(one.Key))
                .Select(one => new Candidate(
                    one.Key, [.. byNode[one.Key].Victims.Where(victim => one.Value.Uids.Contains(victim.Uid))],
                    one.Value.Violations))
                .Where(static one => one.Victims.Count > 0)];
        }

        return null;
    }

    private void Preempt(Candidate candidate, PodInfo pod)
    {
        Preemption preemption = new(candidate, pod);
        if (_preempting.Remove(pod.Uid, out Preemption? earlier))
        {
            StopWaiting(earlier);
        }

        _preempting.Add(pod.Uid, preemption);
        if (!_leaving.TryGetValue(candidate.NodeName, out List<Preemption>? onNode))
        {
            _leaving.Add(candidate.NodeName, onNode = []);
        }

        onNode.Add(preemption);
        _eviction.TakePromisesBack(candidate, pod);
        _ = Task.Run(() => EvictAsync(preemption));
    }

    private async Task EvictAsync(Preemption preemption)
    {
        bool failed = true;
        try
        {
            Status? error = await _eviction.EvictAsync(preemption.Candidate, preemption.Pod);
            failed = error is not null;
            if (error is not null)
            {
                string node = preemption.Candidate.NodeName;
                _context.Log($"preemption for pod {preemption.Pod.Key} on node {node}: {error.Message}");
            }
        }
        finally
        {
            _context.Post(() =>
            {
                (preemption.IsFinished, preemption.HasFailed) = (true, failed);
                Release(preemption);
            });
        }
    }

    /// <summary>Something left a node, for good or to come back changed, which shows afterwards.</summary>
    private void LookAt(string nodeName)
    {
        if (_leaving.Count > 0 && _leaving.ContainsKey(nodeName))
        {
            _context.Post(() => _leaving.GetValueOrDefault(nodeName)?.ToList().ForEach(Release));
        }
    }

    /// <summary>
    /// Lets the pod into the queue once its victims are seen to leave: tried before that, it would find the node full
    /// and move others out as well.
    /// </summary>
    private void Release(Preemption preemption)
    {
        if (!preemption.IsFinished || (!preemption.HasFailed && IsStillFull(preemption.Candidate)))
        {
            return;
        }

        StopWaiting(preemption);

        // The pod may have started anew meanwhile.
        if (ReferenceEquals(_preempting.GetValueOrDefault(preemption.Pod.Uid), preemption)
            && _preempting.Remove(preemption.Pod.Uid) && (preemption.IsWanted || preemption.HasFailed))
        {
            _context.Activate(preemption.Pod.Uid);
        }
    }

    private void StopWaiting(Preemption preemption)
    {
        string node = preemption.Candidate.NodeName;
        if (_leaving.TryGetValue(node, out List<Preemption>? onNode) && onNode.Remove(preemption) && onNode.Count == 0)
        {
            _leaving.Remove(node);
        }
    }

    private bool IsStillFull(Candidate candidate)
    {
        if (_context.Snapshot.Find(candidate.NodeName) is not { } node)
        {
            return false;
        }

        foreach (PodInfo pod in node.Pods)
        {
            if (!pod.IsTerminating && candidate.Victims.Any(one => one.Uid == pod.Uid))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Victims on their way out, for a pod.</summary>
    private sealed class Preemption(Candidate candidate, PodInfo pod)
    {
        public Candidate Candidate { get; } = candidate;

        public PodInfo Pod { get; } = pod;

        /// <summary>True when the pod wanted into the queue meanwhile.</summary>
        public bool IsWanted { get; set; }

        /// <summary>True when everything was asked for.</summary>
        public bool IsFinished { get; set; }

        /// <summary>True when something of it was refused.</summary>
        public bool HasFailed { get; set; }
    }
}
