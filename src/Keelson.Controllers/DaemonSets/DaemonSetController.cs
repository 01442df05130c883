using System.Collections.Concurrent;
using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.DaemonSets;

/// <summary>Keeps a pod of each daemon set on every node that it is meant for.</summary>
internal sealed class DaemonSetController : IController
{
    private const int Workers = 2;

    /// <summary>How long a node is left alone after its daemon pod failed: 1 s, doubled each time, at most 15
    /// minutes.</summary>
    private static readonly RetryBackoff FailureBackoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));

    private readonly ControllerContext _context;
    private readonly IInformer<DaemonSet> _sets;
    private readonly IInformer<Node> _nodes;
    private readonly Claims<Pod> _pods;
    private readonly Claims<ControllerRevision> _revisions;
    private readonly ReconcileLoop _loop;
    private readonly ConcurrentDictionary<(string Uid, string Node), (int Count, DateTimeOffset Until)> _failures = [];

    public DaemonSetController(ControllerContext context)
    {
        _context = context;
        _sets = context.Informers.Of<DaemonSet>();
        _nodes = context.Informers.Of<Node>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        IInformer<ControllerRevision> revisions = context.Informers.Of<ControllerRevision>();
        _pods = new(Owner.ByController(pods));
        _revisions = new(Owner.ByController(revisions));
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_sets)
            .On(_nodes, KeysOf)
            .On(pods, OwnedKeys.For<Pod, DaemonSet>(
                "DaemonSet", _sets, static (set, labels) => LabelSelectorRules.Matches(set.Spec.Selector, labels)))
            .Reads(revisions);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    /// <summary>A node that changes what selectors and tolerations look at concerns all sets.</summary>
    private IEnumerable<ObjectKey> KeysOf(Node? old, Node? now)
    {
        bool isSame = old is not null && now is not null
            && old.Metadata.Labels == now.Metadata.Labels && old.Spec.Taints == now.Spec.Taints;
        return isSame ? [] : _sets.List().Select(ObjectKey.Of);
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_sets.Find(key.Namespace, key.Name) is not { } set)
        {
            return Reconciled.Done;
        }

        if (set.Spec.Selector is { MatchLabels.Count: 0, MatchExpressions.Count: 0 })
        {
            _context.Events.Warning(
                set, "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.");
            return Reconciled.Done;
        }

        ApiResult<IReadOnlyList<ControllerRevision>> history = await _revisions.ClaimAsync(
            set, set.Spec.Selector.ToMatcher(), client, cancellationToken);
        if (!history.TryGet(out IReadOnlyList<ControllerRevision>? revisions, out Status? error))
        {
            return Reconciled.Failed(error);
        }

        ApiResult<IReadOnlyList<Pod>> claimed = await _pods.ClaimAsync(
            set, set.Spec.Selector.ToMatcher(), client, cancellationToken);
        return claimed.TryGet(out IReadOnlyList<Pod>? pods, out error)
            ? await ReconcileAsync(set, RevisionHistory.Sorted(revisions), pods, client, cancellationToken)
            : Reconciled.Failed(error);
    }

    private async Task<Reconciled> ReconcileAsync(
        DaemonSet set,
        IReadOnlyList<ControllerRevision> sorted,
        IReadOnlyList<Pod> pods,
        IApiClient client,
        CancellationToken cancellationToken)
    {
        RevisionChoice choice = RevisionHistory.Choose(sorted, RevisionHistory.Of(
            set, set.Spec.Template, set.Spec.Template.Metadata.Labels, RevisionHistory.NextNumber(sorted), set.Status.CollisionCount));
        ApiResult<ControllerRevision> written = await RevisionHistory.WriteAsync(choice, client, cancellationToken);
        if (!written.TryGet(out ControllerRevision? revision, out Status? error))
        {
            DaemonSetStatus collided = set.Status with { CollisionCount = (set.Status.CollisionCount ?? 0) + 1 };
            return Reconciled.Failed(error is { Reason: "AlreadyExists" }
                ? await WriteStatusAsync(set, collided, client, cancellationToken) ?? error
                : error);
        }

        string hash = RevisionHistory.HashOf(revision);
        DaemonSetPlan plan = DaemonSetPlan.Compute(new(set, [.. _nodes.List()], pods, hash), Time.Now(_context.Clock));
        PodWrites writes = new(client, _context.Events);
        DaemonPlacement placement = new(set);
        (List<Pod> ended, TimeSpan? wait) = DueOf(set, plan.Ended);
        Status? failed = await writes.CreateAsync(
            set, [.. plan.Create.Select(node => placement.PodFor(node, hash))], cancellationToken);
        failed ??= await writes.DeleteAsync(set, [.. plan.Delete, .. ended], cancellationToken);
        Status? notWritten = plan.Status.Equals(set.Status)
            ? null
            : await WriteStatusAsync(set, plan.Status, client, cancellationToken);
        HashSet<string> live = [revision.Metadata.Name, .. pods.Select(pod => set.Metadata.Name + "-" + pod.Metadata.Labels.GetValueOrDefault(RevisionHistory.PodLabel))];
        foreach (ControllerRevision old in RevisionHistory.Obsolete(sorted, live, set.Spec.RevisionHistoryLimit ?? 10))
        {
            notWritten ??= await client.DeleteAsync(old, cancellationToken);
        }

        if ((failed ?? notWritten) is { } problem)
        {
            return PodWrites.IsNamespaceEnding(problem) ? Reconciled.Done : Reconciled.Failed(problem);
        }

        TimeSpan? check = plan.CheckAfter is { } available && (wait is null || available < wait) ? available : wait;
        return check is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    /// <summary>The ended pods whose turn it is, told about in events; and when the next one's turn comes.</summary>
    private (List<Pod> Due, TimeSpan? Wait) DueOf(DaemonSet set, IReadOnlyList<Pod> ended)
    {
        List<Pod> due = [];
        TimeSpan? wait = null;
        DateTimeOffset now = _context.Clock.GetUtcNow();
        foreach (Pod pod in ended)
        {
            if (pod.Status.Phase == PodPhase.Succeeded)
            {
                _context.Events.Normal(
                    set,
                    "SucceededDaemonPod",
                    $"Found succeeded daemon pod {pod.Metadata.Namespace}/{pod.Metadata.Name} on node {pod.Spec.NodeName}, will try to delete it");
                due.Add(pod);
                continue;
            }

            (string, string) key = (set.Metadata.Uid, pod.Spec.NodeName);
            (int count, DateTimeOffset until) = _failures.GetValueOrDefault(key);
            if (until > now)
            {
                wait = wait is null || until - now < wait ? until - now : wait;
                continue;
            }

            // A node whose pods have run for a while since is given a fresh start.
            count = now - until > FailureBackoff.Longest * 2 ? 0 : count;
            _failures[key] = (count + 1, now + FailureBackoff.After(count));
            _context.Events.Warning(
                set,
                "FailedDaemonPod",
                $"Found failed daemon pod {pod.Metadata.Namespace}/{pod.Metadata.Name} on node {pod.Spec.NodeName}, will try to kill it");
            due.Add(pod);
        }

        return (due, wait);
    }

    private static async Task<Status?> WriteStatusAsync(
        DaemonSet set, DaemonSetStatus status, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<DaemonSet> written = await client.UpdateStatusAsync(set with { Status = status }, cancellationToken);
        return written.Error is { Code: 404 } ? null : written.Error;
    }
}
