using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ReplicaSets;

/// <summary>Keeps as many pods of each replica set as it asks for.</summary>
internal sealed class ReplicaSetController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<ReplicaSet> _sets;
    private readonly IInformerIndex<ReplicaSet> _setsByController;
    private readonly IInformerIndex<Pod> _pods;
    private readonly Claims<Pod> _claims;
    private readonly ReconcileLoop _loop;

    public ReplicaSetController(ControllerContext context)
    {
        _context = context;
        _sets = context.Informers.Of<ReplicaSet>();
        _setsByController = Owner.ByController(_sets);
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        _pods = Owner.ByController(pods);
        _claims = new(_pods);
        _loop = context.Loop(Workers, ReconcileAsync).On(_sets)
            .On(pods, OwnedKeys.For<Pod, ReplicaSet>("ReplicaSet", _sets, static (set, labels) => LabelSelectorRules.Matches(set.Spec.Selector, labels)));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_sets.Find(key.Namespace, key.Name) is not { } set)
        {
            return Reconciled.Done;
        }

        ApiResult<IReadOnlyList<Pod>> claimed = await _claims.ClaimAsync(
            set, set.Spec.Selector.ToMatcher(), client, cancellationToken, static pod => !PodFacts.IsEnded(pod));
        if (!claimed.TryGet(out IReadOnlyList<Pod>? owned, out Status? error))
        {
            return Reconciled.Failed(error);
        }

        ReplicaTarget target = new(set.Spec.Replicas ?? 1, set.Spec.MinReadySeconds, set.Spec.Template.Metadata.Labels);
        Time now = Time.Now(_context.Clock);
        ReplicaPlan plan = ReplicaPlan.Compute(target, owned, Related(set, owned), now);
        Status? failed = null;
        bool isCreating = plan.Create > 0;
        if (set.Metadata.DeletionTimestamp is null)
        {
            PodWrites writes = new(client, _context.Events);
            failed = isCreating
                ? await writes.CreateAsync(set, Pods(set, plan.Create), cancellationToken)
                : await writes.DeleteAsync(set, plan.Delete, cancellationToken);
        }

        Status? notWritten = await WriteStatusAsync(
            set, ReplicaSetStatuses.Compute(set, plan.Counts, failed, isCreating, now), client, cancellationToken);
        if ((failed is { } refused && !PodWrites.IsNamespaceEnding(refused) ? refused : notWritten) is { } problem)
        {
            return Reconciled.Failed(problem);
        }

        return plan.CheckAfter is { } check ? Reconciled.Again(check) : Reconciled.Done;
    }

    private static async Task<Status?> WriteStatusAsync(
        ReplicaSet set, ReplicaSetStatus status, IApiClient client, CancellationToken cancellationToken)
    {
        if (status.Equals(set.Status))
        {
            return null;
        }

        ApiResult<ReplicaSet> written = await client.UpdateStatusAsync(set with { Status = status }, cancellationToken);
        return written.Error is { Code: 404 } ? null : written.Error;
    }

    private static Pod[] Pods(ReplicaSet set, int count)
    {
        Pod pod = PodTemplates.PodFrom(set.Spec.Template, set);
        Pod[] pods = new Pod[count];
        Array.Fill(pods, pod);
        return pods;
    }

    /// <summary>The active pods of all sets of the same deployment, so that a rollout thins out crowded
    /// nodes.</summary>
    private IEnumerable<Pod> Related(ReplicaSet set, IReadOnlyList<Pod> owned)
    {
        if (Owner.ControllerOf(set.Metadata) is not { } deployment)
        {
            return owned.Where(PodFacts.IsActive);
        }

        return _setsByController.Find(deployment.Uid)
            .SelectMany(sibling => _pods.Find(sibling.Metadata.Uid))
            .Where(PodFacts.IsActive);
    }
}
