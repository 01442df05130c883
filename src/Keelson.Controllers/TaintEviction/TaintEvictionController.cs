using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Nodes;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.TaintEviction;

/// <summary>Deletes pods that do not tolerate the NoExecute taints of their node, or not any longer.</summary>
internal sealed class TaintEvictionController : IController
{
    private const int Workers = 8;

    private static readonly PodCondition Reason = new()
    {
        Type = PodConditionType.DisruptionTarget,
        Status = "True",
        Reason = "DeletionByTaintManager",
        Message = "Taint manager: deleting due to NoExecute taint",
    };

    private readonly ControllerContext _context;
    private readonly IInformer<Node> _nodes;
    private readonly IInformer<Pod> _pods;
    private readonly IInformerIndex<Pod> _byNode;
    private readonly ReconcileLoop _loop;
    private readonly ConcurrentDictionary<ObjectKey, (string Uid, PlannedEviction Eviction)> _planned = [];

    public TaintEvictionController(ControllerContext context)
    {
        _context = context;
        _nodes = context.Informers.Of<Node>();
        _pods = context.Informers.Of<Pod>();
        _byNode = NodeFacts.PodsByNode(_pods);
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_nodes, PodsOf)
            .On(_pods, static (old, now) => Matters(old, now) ? [ObjectKey.Of((now ?? old)!)] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static bool Matters(Pod? old, Pod? now) =>
        old is null
        || now is null
        || old.Metadata.Uid != now.Metadata.Uid
        || old.Spec.NodeName != now.Spec.NodeName
        || old.Spec.Tolerations != now.Spec.Tolerations;

    private IEnumerable<ObjectKey> PodsOf(Node? old, Node? now)
    {
        bool same = old is not null && now is not null && old.Spec.Taints == now.Spec.Taints;
        bool evicts = (now ?? old)!.Spec.Taints.Any(static one => one.Effect == TaintEffect.NoExecute)
            || old?.Spec.Taints.Any(static one => one.Effect == TaintEffect.NoExecute) == true;
        return same || !evicts ? [] : _byNode.Find((now ?? old)!.Metadata.Name).Select(static one => ObjectKey.Of(one));
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_pods.Find(key.Namespace, key.Name) is not { Spec.NodeName.Length: > 0 } pod
            || _nodes.Find("", pod.Spec.NodeName) is not { } node)
        {
            Cancel(key, tell: _pods.Find(key.Namespace, key.Name) is not null);
            return Reconciled.Done;
        }

        PlannedEviction? before = _planned.TryGetValue(key, out var known) && known.Uid == pod.Metadata.Uid
            ? known.Eviction
            : null;
        DateTimeOffset now = _context.Clock.GetUtcNow();
        PlannedEviction? eviction = TaintEvictionPlan.Compute(node.Spec.Taints, pod, before, now);
        if (eviction is null)
        {
            Cancel(key, tell: true);
            return Reconciled.Done;
        }

        if (eviction.At > now)
        {
            _planned[key] = (pod.Metadata.Uid, eviction);
            return Reconciled.Again(eviction.At - now);
        }

        _planned.TryRemove(key, out _);
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return Reconciled.Done;
        }

        Tell(key, "Marking for deletion Pod " + key);
        return Reconciled.Of(await EvictAsync(pod, client, cancellationToken));
    }

    private void Cancel(ObjectKey key, bool tell)
    {
        if (_planned.TryRemove(key, out _) && tell)
        {
            Tell(key, "Cancelling deletion of Pod " + key);
        }
    }

    private void Tell(ObjectKey key, string message) => _context.Events.Record(
        new ObjectReference { ApiVersion = "v1", Kind = "Pod", Name = key.Name, Namespace = key.Namespace },
        "Normal",
        "TaintManagerEviction",
        message);

    private async Task<Status?> EvictAsync(Pod pod, IApiClient client, CancellationToken cancellationToken)
    {
        JsonObject patch = PodConditionPatch.Of(pod, Reason, Time.Now(_context.Clock));
        Status? error = (await client.PatchAsync<Pod>(
            pod.Metadata.Namespace, pod.Metadata.Name, patch, cancellationToken, subresource: "status")).Error;
        if (error is { Code: 404 })
        {
            return null;
        }

        return error ?? await client.DeleteAsync(pod, cancellationToken);
    }
}
