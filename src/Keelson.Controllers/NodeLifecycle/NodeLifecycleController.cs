using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Keelson.Api.Coordination.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Nodes;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.NodeLifecycle;

/// <summary>
/// Notices when nodes fall silent, says so in their conditions and their pods', and taints them: at once against new
/// pods, zone by zone and slowly against those that run.
/// </summary>
internal sealed class NodeLifecycleController : IController
{
    private const int Workers = 8;
    private const string LeaseNamespace = "kube-node-lease";

    private readonly ControllerContext _context;
    private readonly NodeLifecycleConfig _config;
    private readonly SteadyTime _time;
    private readonly IInformer<Node> _nodes;
    private readonly IInformer<Lease> _leases;
    private readonly IInformerIndex<Pod> _podsByNode;
    private readonly IInformer<Pod> _pods;
    private readonly ReconcileLoop _taints;
    private readonly ReconcileLoop _newPods;
    private readonly ZoneEvictions _evictions;
    private readonly ConcurrentDictionary<string, NodeHealth> _health = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unmarked = new(StringComparer.Ordinal);

    public NodeLifecycleController(ControllerContext context)
    {
        _context = context;
        _config = context.Config.NodeLifecycle;
        _time = new(context.Clock);
        _nodes = context.Informers.Of<Node>();
        _leases = context.Informers.Of<Lease>();
        _pods = context.Informers.Of<Pod>();
        _podsByNode = NodeFacts.PodsByNode(_pods);
        _evictions = new(context, _nodes);
        _taints = context.Loop(Workers, TaintAsync).On(_nodes);
        _newPods = context.Loop(1, MarkNewPodAsync).Reads(_pods).On(_pods, static (old, now) =>
            now is not null && now.Spec.NodeName.Length > 0 && now.Spec.NodeName != old?.Spec.NodeName ? [ObjectKey.Of(now)] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        _taints.RunAsync(cancellationToken),
        _newPods.RunAsync(cancellationToken),
        _evictions.RunAsync(cancellationToken),
        Rounds.RunAsync(_context, _config.MonitorPeriod, [_nodes.Synced, _leases.Synced, _pods.Synced], MonitorAsync, cancellationToken));

    public void Dispose()
    {
        _taints.Dispose();
        _newPods.Dispose();
    }

    /// <summary>Keeps the taints that conditions stand for, and the older names of labels.</summary>
    private async Task<Reconciled> TaintAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_nodes.Find("", key.Name) is not { } node)
        {
            return Reconciled.Done;
        }

        (IReadOnlyList<Taint> add, IReadOnlyList<Taint> remove) = NodeConditionTaints.Compute(node);
        if ((add.Count > 0 || remove.Count > 0)
            && await NodeTaints.SwapAsync(client, key.Name, add, remove, Time.Now(_context.Clock), cancellationToken) is { } refused)
        {
            return Reconciled.Failed(refused);
        }

        IReadOnlyDictionary<string, string> labels = NodeConditionTaints.OlderLabels(node);
        if (labels.Count == 0)
        {
            return Reconciled.Done;
        }

        JsonObject values = [];
        foreach ((string label, string value) in labels)
        {
            values[label] = value;
        }

        JsonObject patch = new() { ["metadata"] = new JsonObject { ["labels"] = values } };
        Status? error = (await client.PatchAsync<Node>("", key.Name, patch, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }

    /// <summary>A pod that comes to a node which is not ready is not ready either.</summary>
    private async Task<Reconciled> MarkNewPodAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_pods.Find(key.Namespace, key.Name) is not { } pod
            || !_health.TryGetValue(pod.Spec.NodeName, out NodeHealth? health)
            || health.Ready is null or { Status: "True" })
        {
            return Reconciled.Done;
        }

        return Reconciled.Of(await MarkAsync(pod, client, cancellationToken));
    }

    private async Task MonitorAsync(CancellationToken cancellationToken)
    {
        List<Node> nodes = [.. _nodes.List()];
        Greet(nodes);
        Dictionary<string, List<NodeCondition?>> zones = new(StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            NodeHealthPlan? plan = await LookAtAsync(node, cancellationToken);
            if (plan is null)
            {
                continue;
            }

            if (!node.Metadata.Labels.ContainsKey("node.kubernetes.io/exclude-disruption"))
            {
                string zone = NodeFacts.ZoneOf(node);
                if (!zones.TryGetValue(zone, out List<NodeCondition?>? conditions))
                {
                    zones.Add(zone, conditions = []);
                }

                conditions.Add(plan.Current);
            }

            if (plan.Current is { } ready)
            {
                await FollowAsync(node, plan.Observed, ready, cancellationToken);
            }
        }

        if (await _evictions.SettleAsync(zones, nodes, cancellationToken))
        {
            // Whoever was unreachable because everything was is given its time anew.
            DateTimeOffset now = _time.Now;
            foreach ((string name, NodeHealth health) in _health)
            {
                _health[name] = health with { HeardOf = now };
            }
        }
    }

    /// <summary>Tells of nodes that came and went.</summary>
    private void Greet(List<Node> nodes)
    {
        HashSet<string> present = [.. nodes.Select(static one => one.Metadata.Name)];
        foreach (Node node in nodes)
        {
            if (_known.TryAdd(node.Metadata.Name, node))
            {
                Tell(node, "RegisteredNode", $"Registered Node {node.Metadata.Name} in Controller");
            }
        }

        foreach (Node gone in _known.Values.Where(one => !present.Contains(one.Metadata.Name)).ToArray())
        {
            Tell(gone, "RemovingNode", $"Removing Node {gone.Metadata.Name} from Controller");
            _known.Remove(gone.Metadata.Name);
            _health.TryRemove(gone.Metadata.Name, out _);
            _unmarked.Remove(gone.Metadata.Name);
        }
    }

    private void Tell(Node node, string reason, string what) => _context.Events.Record(
        NodeFacts.ReferenceTo(node), "Normal", reason, $"Node {node.Metadata.Name} event: {what}");

    /// <summary>Looks at a node and writes what its silence means; null when that could not be written.</summary>
    private async Task<NodeHealthPlan?> LookAtAsync(Node node, CancellationToken cancellationToken)
    {
        const int attempts = 5;
        string name = node.Metadata.Name;
        for (int attempt = 1; attempt <= attempts; attempt++)
        {
            NodeHealthPlan plan = NodeHealthPlan.Compute(
                node,
                _leases.Find(LeaseNamespace, name),
                _health.GetValueOrDefault(name),
                _config,
                _time.Now,
                _context.Clock.GetUtcNow());
            if (plan.Conditions is not { } conditions)
            {
                _health[name] = plan.Health;
                return plan;
            }

            Node silent = node with { Status = node.Status with { Conditions = conditions } };
            ApiResult<Node> written = await _context.Client.UpdateStatusAsync(silent, cancellationToken);
            if (written.TryGet(out _, out Status? error))
            {
                _health[name] = plan.Health;
                return plan;
            }

            ApiResult<Node> read = await _context.Client.GetAsync<Node>("", name, cancellationToken);
            if (!read.TryGet(out Node? fresh, out _))
            {
                _context.Config.Log($"{_context.Name}: {name}: {error.Message}");
                return null;
            }

            node = fresh;
        }

        return null;
    }

    /// <summary>Does what a node's readiness asks for: taints, and pods that are not ready any more.</summary>
    private async Task FollowAsync(
        Node node, NodeCondition observed, NodeCondition current, CancellationToken cancellationToken)
    {
        await _evictions.FollowAsync(node, current.Status, cancellationToken);
        bool turned = current.Status != "True" && observed.Status == "True";
        if (turned)
        {
            _context.Events.Record(
                NodeFacts.ReferenceTo(node), "Normal", "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        }

        if (!turned && !(_unmarked.Contains(node.Metadata.Name) && current.Status != "True"))
        {
            _unmarked.Remove(node.Metadata.Name);
            return;
        }

        bool isDone = true;
        foreach (Pod pod in _podsByNode.Find(node.Metadata.Name))
        {
            isDone &= await MarkAsync(pod, _context.Client, cancellationToken) is null;
        }

        if (isDone)
        {
            _unmarked.Remove(node.Metadata.Name);
        }
        else
        {
            _unmarked.Add(node.Metadata.Name);
        }
    }

    private async Task<Status?> MarkAsync(Pod pod, IApiClient client, CancellationToken cancellationToken)
    {
        if (PodFacts.Condition(pod, PodConditionType.Ready) is not { Status: not "False" })
        {
            return null;
        }

        Time now = Time.Now(_context.Clock);
        Pod marked = pod with
        {
            Status = pod.Status with
            {
                Conditions = pod.Status.Conditions.Map(one =>
                    one.Type == PodConditionType.Ready ? one with { Status = "False", LastTransitionTime = now } : one),
            },
        };
        Status? error = (await client.UpdateStatusAsync(marked, cancellationToken)).Error;
        if (error is null)
        {
            _context.Events.Warning(pod, "NodeNotReady", "Node is not ready");
        }

        return error is { Code: 404 } ? null : error;
    }
}
