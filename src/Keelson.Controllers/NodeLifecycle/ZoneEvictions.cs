using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Controllers.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.NodeLifecycle;

/// <summary>
/// Taints nodes against the pods that run there (effect NoExecute), as slowly as their zone's state asks for, and takes
/// the taints off those that are back.
/// </summary>
internal sealed class ZoneEvictions(ControllerContext context, IInformer<Node> nodes)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly Taint NotReady = NodeTaints.Of(NodeTaints.NotReady, TaintEffect.NoExecute);
    private static readonly Taint Unreachable = NodeTaints.Of(NodeTaints.Unreachable, TaintEffect.NoExecute);

    private readonly SteadyTime _time = new(context.Clock);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ZoneQueue> _queues = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, ZoneState> _states = new Dictionary<string, ZoneState>();

    /// <summary>Taints nodes whose turn it is, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Rounds.RunAsync(context, Every, [nodes.Synced], TaintAsync, cancellationToken);

    /// <summary>Queues a node that is not ready for its taint; frees one that is.</summary>
    public async Task FollowAsync(Node node, string ready, CancellationToken cancellationToken)
    {
        if (ready == "True")
        {
            await SpareAsync(node, cancellationToken);
            return;
        }

        (Taint wanted, Taint other) = ready == "False" ? (NotReady, Unreachable) : (Unreachable, NotReady);
        if (NodeFacts.HasTaint(node, other.Key, other.Effect))
        {
            // It is paying already; only what for has changed.
            await SwapAsync(node.Metadata.Name, [wanted], [other], cancellationToken);
        }
        else if (!NodeFacts.HasTaint(node, wanted.Key, wanted.Effect))
        {
            lock (_gate)
            {
                QueueOf(NodeFacts.ZoneOf(node)).Add(node.Metadata.Name);
            }
        }
    }

    /// <summary>Sets the zones' rates by how their nodes are. True when every node is to be given its time
    /// anew.</summary>
    public async Task<bool> SettleAsync(
        IReadOnlyDictionary<string, List<NodeCondition?>> zones, IReadOnlyList<Node> all, CancellationToken cancellationToken)
    {
        if (zones.Count == 0)
        {
            return false;
        }

        DisruptionPlan plan = DisruptionPlan.Compute(_states, zones, context.Config.NodeLifecycle);
        _states = plan.States;
        if (plan.Spares)
        {
            context.Config.Log($"{context.Name}: all zones are down; no node loses its pods until one is back");
            foreach (Node node in all)
            {
                await SpareAsync(node, cancellationToken);
            }
        }

        lock (_gate)
        {
            foreach ((string zone, double rate) in plan.Rates)
            {
                QueueOf(zone).SetRate(rate);
            }
        }

        return plan.Forgives;
    }

    private async Task SpareAsync(Node node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            QueueOf(NodeFacts.ZoneOf(node)).Remove(node.Metadata.Name);
        }

        if (NodeFacts.HasTaint(node, NotReady.Key, NotReady.Effect)
            || NodeFacts.HasTaint(node, Unreachable.Key, Unreachable.Effect))
        {
            await SwapAsync(node.Metadata.Name, [], [NotReady, Unreachable], cancellationToken);
        }
    }

    private async Task TaintAsync(CancellationToken cancellationToken)
    {
        List<string> due = [];
        DateTimeOffset now = _time.Now;
        lock (_gate)
        {
            foreach (ZoneQueue queue in _queues.Values)
            {
                while (queue.Next(now) is { } node)
                {
                    due.Add(node);
                }
            }
        }

        foreach (string name in due)
        {
            if (nodes.Find("", name) is not { } node)
            {
                continue;
            }

            (Taint Wanted, Taint Other)? change = NodeFacts.Condition(node, NodeConditionType.Ready)?.Status switch
            {
                "False" => (NotReady, Unreachable),
                "Unknown" => (Unreachable, NotReady),
                _ => null,
            };
            if (change is { } swap && !await SwapAsync(name, [swap.Wanted], [swap.Other], cancellationToken))
            {
                lock (_gate)
                {
                    QueueOf(NodeFacts.ZoneOf(node)).Add(name);
                }
            }
        }
    }

    private async Task<bool> SwapAsync(
        string node, IReadOnlyList<Taint> add, IReadOnlyList<Taint> remove, CancellationToken cancellationToken)
    {
        Status? error = await NodeTaints.SwapAsync(
            context.Client, node, add, remove, Time.Now(context.Clock), cancellationToken);
        if (error is not null)
        {
            context.Config.Log($"{context.Name}: {node}: {error.Message}");
        }

        return error is null;
    }

    private ZoneQueue QueueOf(string zone)
    {
        if (!_queues.TryGetValue(zone, out ZoneQueue? queue))
        {
            _queues.Add(zone, queue = new(context.Config.NodeLifecycle.EvictionRate));
        }

        return queue;
    }
}
