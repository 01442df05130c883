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

namespace Keelson.Controllers.StatefulSets;

/// <summary>Keeps the pods of stateful sets: each with a name and storage of its own, in order.</summary>
internal sealed class StatefulSetController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<StatefulSet> _sets;
    private readonly IInformer<PersistentVolumeClaim> _volumeClaims;
    private readonly Claims<Pod> _pods;
    private readonly Claims<ControllerRevision> _revisions;
    private readonly ReconcileLoop _loop;

    public StatefulSetController(ControllerContext context)
    {
        _context = context;
        _sets = context.Informers.Of<StatefulSet>();
        _volumeClaims = context.Informers.Of<PersistentVolumeClaim>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        IInformer<ControllerRevision> revisions = context.Informers.Of<ControllerRevision>();
        _pods = new(Owner.ByController(pods));
        _revisions = new(Owner.ByController(revisions));
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_sets)
            .On(pods, OwnedKeys.For<Pod, StatefulSet>(
                "StatefulSet", _sets, static (set, labels) => LabelSelectorRules.Matches(set.Spec.Selector, labels)))
            .Reads(revisions)
            .Reads(_volumeClaims);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_sets.Find(key.Namespace, key.Name) is not { } set)
        {
            return Reconciled.Done;
        }

        ApiResult<IReadOnlyList<ControllerRevision>> history = await _revisions.ClaimAsync(
            set, set.Spec.Selector.ToMatcher(), client, cancellationToken);
        if (!history.TryGet(out IReadOnlyList<ControllerRevision>? revisions, out Status? error))
        {
            return Reconciled.Failed(error);
        }

        ApiResult<IReadOnlyList<Pod>> claimed = await _pods.ClaimAsync(
            set, set.Spec.Selector.ToMatcher(), client, cancellationToken, pod => StatefulPods.OrdinalOf(set, pod) >= 0);
        if (!claimed.TryGet(out IReadOnlyList<Pod>? pods, out error))
        {
            return Reconciled.Failed(error);
        }

        return await ReconcileAsync(set, RevisionHistory.Sorted(revisions), pods, client, cancellationToken);
    }

    private async Task<Reconciled> ReconcileAsync(
        StatefulSet set,
        IReadOnlyList<ControllerRevision> sorted,
        IReadOnlyList<Pod> pods,
        IApiClient client,
        CancellationToken cancellationToken)
    {
        RevisionChoice choice = RevisionHistory.Choose(sorted, RevisionHistory.Of(
            set, set.Spec.Template, set.Spec.Template.Metadata.Labels, RevisionHistory.NextNumber(sorted), set.Status.CollisionCount));
        ApiResult<ControllerRevision> written = await RevisionHistory.WriteAsync(choice, client, cancellationToken);
        if (!written.TryGet(out ControllerRevision? update, out Status? error))
        {
            StatefulSetStatus collided = set.Status with { CollisionCount = (set.Status.CollisionCount ?? 0) + 1 };
            return Reconciled.Failed(error is { Reason: "AlreadyExists" }
                ? await WriteStatusAsync(set, collided, client, cancellationToken) ?? error
                : error);
        }

        ControllerRevision current = sorted.FirstOrDefault(one => one.Metadata.Name == set.Status.CurrentRevision)
            ?? update;
        StatefulSetPlan plan = StatefulSetPlan.Compute(new(set, pods, current, update), Time.Now(_context.Clock));
        StatefulSetExecutor executor = new(set, client, _context.Events, _volumeClaims);
        Status? failed = await executor.ExecuteAsync(plan, current, update, cancellationToken);
        Status? notWritten = plan.Status.Equals(set.Status)
            ? null
            : await WriteStatusAsync(set, plan.Status, client, cancellationToken);
        HashSet<string> live = [current.Metadata.Name, update.Metadata.Name, .. pods.Select(StatefulPods.RevisionOf)];
        foreach (ControllerRevision old in RevisionHistory.Obsolete(sorted, live, set.Spec.RevisionHistoryLimit ?? 10))
        {
            notWritten ??= await client.DeleteAsync(old, cancellationToken);
        }

        return (failed ?? notWritten) is { } problem
            ? PodWrites.IsNamespaceEnding(problem) ? Reconciled.Done : Reconciled.Failed(problem)
            : plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    private static async Task<Status?> WriteStatusAsync(
        StatefulSet set, StatefulSetStatus status, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<StatefulSet> written = await client.UpdateStatusAsync(
            set with { Status = status }, cancellationToken);
        return written.Error is { Code: 404 } ? null : written.Error;
    }
}
