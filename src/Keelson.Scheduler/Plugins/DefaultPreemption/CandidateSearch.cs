using System.Runtime.CompilerServices;
using Keelson.Api.Policy.V1;
using Keelson.Client.Informers;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>
/// Finds nodes that a pod would fit on if others were moved out. What came of a node is remembered, for pods that the
/// filters see alike, until the node or a disruption budget changes.
/// </summary>
internal sealed class CandidateSearch
{
    private static readonly PluginStatus NotHelpful = new(
        StatusCode.UnschedulableAndUnresolvable, DefaultPreemptionPlugin.PluginName,
        "Preemption is not helpful for scheduling");

    private readonly DefaultPreemptionArgs _args;
    private readonly PluginContext _context;
    private readonly IInformer<PodDisruptionBudget> _budgets;

    // The positions of nodes in their order; kept for the next search.
    private readonly List<int> _possible = [];

    private ConditionalWeakTable<FilterMemo, PerNode<DryRun>> _known = [];
    private NodeStatuses? _outcomes;
    private long _budgetChanges;
    private long _knownAt;

    /// <summary>A search with the plugin's arguments.</summary>
    public CandidateSearch(DefaultPreemptionArgs args, PluginContext context)
    {
        _args = args;
        _context = context;
        _budgets = context.Informers.Of<PodDisruptionBudget>();
        _budgets.Subscribe((_, _) => Interlocked.Increment(ref _budgetChanges));
    }

    /// <summary>Looks at nodes, from any of them on, until there are enough candidates.</summary>
    /// <param name="state">The attempt.</param>
    /// <param name="pod">The pod that fits nowhere.</param>
    /// <param name="statuses">Why not.</param>
    /// <param name="outcomes">Why the nodes that are no candidates are none; valid until the next search.</param>
    public List<Candidate> Find(CycleState state, PodInfo pod, NodeStatuses statuses, out NodeStatuses outcomes)
    {
        outcomes = Outcomes();
        int[] indexes = statuses.Order.Indexes;
        _possible.Clear();
        for (int at = 0; at < indexes.Length; at++)
        {
            if (statuses.Of(indexes[at]) is { Code: StatusCode.Unschedulable })
            {
                _possible.Add(at);
            }
        }

        int count = _possible.Count;
        int enough = Math.Min(
            count, Math.Max(count * _args.MinCandidateNodesPercentage / 100, _args.MinCandidateNodesAbsolute));
        List<Candidate> candidates = new(enough);
        if (count == 0)
        {
            return candidates;
        }

        PerNode<DryRun>? known = Known(state);
        VictimSearch search = new(_context.Filters, new(_budgets), _context.Clock.GetUtcNow());
        int offset = _context.Random.Next(count);
        bool harmless = false;
        for (int i = 0; i < count && !(harmless && candidates.Count >= enough); i++)
        {
            int at = _possible[offset + i < count ? offset + i : offset + i - count];
            DryRun run = Run(search, known, (state, pod), statuses.Order.Nodes[at], indexes[at]);
            outcomes.Set(indexes[at], run.Status);
            if (run.Candidate is { } candidate)
            {
                candidates.Add(candidate);
                harmless |= candidate.Violations == 0;
            }
        }

        return candidates;
    }

    private static DryRun Run(
        VictimSearch search, PerNode<DryRun>? known, (CycleState State, PodInfo Pod) attempt, NodeInfo node, int index)
    {
        bool isExcepted = known is null || attempt.State.Memo!.Excepts(index);
        if (!isExcepted && known!.TryGet(index, out DryRun before))
        {
            return before;
        }

        DryRun run = new(search.Search(attempt.State, attempt.Pod, node, out Candidate? candidate), candidate);
        if (!isExcepted && run.Status is not { Code: StatusCode.Error })
        {
            known!.Set(index, run);
        }

        return run;
    }

    /// <summary>What is known of nodes already; null when filters look at more than a node.</summary>
    private PerNode<DryRun>? Known(CycleState state)
    {
        long changes = Interlocked.Read(ref _budgetChanges);
        if (_knownAt != changes)
        {
            (_knownAt, _known) = (changes, []);
        }

        return state.Memo is { } memo
            ? _known.GetValue(memo, _ => new PerNode<DryRun>(_context.Snapshot))
            : null;
    }

    private NodeStatuses Outcomes()
    {
        if (_outcomes is null || !_outcomes.TryReuse(_context.Snapshot))
        {
            _outcomes = new(_context.Snapshot);
        }

        _outcomes.Absent = NotHelpful;
        return _outcomes;
    }

    /// <summary>What came of looking at a node: a candidate, or why there is none.</summary>
    private readonly record struct DryRun(PluginStatus? Status, Candidate? Candidate);
}
