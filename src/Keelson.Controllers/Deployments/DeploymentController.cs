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

namespace Keelson.Controllers.Deployments;

/// <summary>Rolls deployments out by creating, growing and shrinking replica sets.</summary>
internal sealed class DeploymentController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<Deployment> _deployments;
    private readonly IInformer<ReplicaSet> _sets;
    private readonly IInformerIndex<Pod> _pods;
    private readonly Claims<ReplicaSet> _claims;
    private readonly ReconcileLoop _loop;

    public DeploymentController(ControllerContext context)
    {
        _context = context;
        _deployments = context.Informers.Of<Deployment>();
        _sets = context.Informers.Of<ReplicaSet>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        _pods = Owner.ByController(pods);
        _claims = new(Owner.ByController(_sets));
        _loop = context.Loop(Workers, ReconcileAsync).On(_deployments)
            .On(_sets, OwnedKeys.For<ReplicaSet, Deployment>("Deployment", _deployments, static (one, labels) => LabelSelectorRules.Matches(one.Spec.Selector, labels)))
            .On(pods, KeysOf);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    /// <summary>A recreating deployment goes on when the last old pod is gone, or has ended.</summary>
    private IEnumerable<ObjectKey> KeysOf(Pod? old, Pod? now)
    {
        bool isOver = now is null || (PodFacts.IsEnded(now) && !PodFacts.IsEnded(old ?? now));
        Pod pod = (now ?? old)!;
        if (!isOver || Owner.ControllerOf(pod.Metadata) is not { Kind: "ReplicaSet" } owner
            || _sets.Find(pod.Metadata.Namespace, owner.Name) is not { } set
            || Owner.ControllerOf(set.Metadata) is not { Kind: "Deployment" } deployment
            || _deployments.Find(pod.Metadata.Namespace, deployment.Name) is not { Spec.Strategy.Type: DeploymentStrategyType.Recreate })
        {
            yield break;
        }

        yield return new(pod.Metadata.Namespace, deployment.Name);
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_deployments.Find(key.Namespace, key.Name) is not { } deployment)
        {
            return Reconciled.Done;
        }

        if (deployment.Spec.Selector is { MatchLabels.Count: 0, MatchExpressions.Count: 0 })
        {
            _context.Events.Warning(
                deployment, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
            DeploymentStatus seen = deployment.Status with { ObservedGeneration = deployment.Metadata.Generation };
            return Reconciled.Of(await WriteStatusAsync(deployment, seen, client, cancellationToken));
        }

        ApiResult<IReadOnlyList<ReplicaSet>> claimed = await _claims.ClaimAsync(
            deployment, deployment.Spec.Selector.ToMatcher(), client, cancellationToken);
        if (!claimed.TryGet(out IReadOnlyList<ReplicaSet>? sets, out Status? error))
        {
            return Reconciled.Failed(error);
        }

        Time now = Time.Now(_context.Clock);
        DeploymentPlan plan = DeploymentPlan.Compute(new(deployment, sets, HasRunningPods), now);
        return await ExecuteAsync(deployment, plan, client, cancellationToken) is { } failed
            ? Reconciled.Failed(failed)
            : plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    private bool HasRunningPods(ReplicaSet set) =>
        _pods.Find(set.Metadata.Uid).Any(static pod => !PodFacts.IsEnded(pod));

    private async Task<Status?> ExecuteAsync(
        Deployment deployment, DeploymentPlan plan, IApiClient client, CancellationToken cancellationToken)
    {
        DeploymentStatus status = plan.Status;
        Status? failed = null;
        if (plan.Create is { } create)
        {
            (failed, status) = await CreateAsync(deployment, create, status, client, cancellationToken);
        }

        foreach (ReplicaSetChange change in plan.Changes)
        {
            failed ??= await ChangeAsync(deployment, change, client, cancellationToken);
        }

        foreach (ReplicaSet set in plan.Delete)
        {
            failed ??= await client.DeleteAsync(set, cancellationToken);
        }

        if (plan.Revision is { } revision)
        {
            deployment = deployment with
            {
                Metadata = deployment.Metadata with
                {
                    Annotations = deployment.Metadata.Annotations.With(
                        DeploymentAnnotations.Revision, revision.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                },
            };
        }

        bool isNew = plan.Revision is not null || !status.Equals(deployment.Status);
        Status? notWritten = isNew ? await WriteStatusAsync(deployment, status, client, cancellationToken) : null;
        return failed ?? notWritten;
    }

    private async Task<(Status? Failed, DeploymentStatus Status)> CreateAsync(
        Deployment deployment, ReplicaSet wanted, DeploymentStatus status, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<ReplicaSet> created = await client.CreateAsync(wanted, cancellationToken);
        if (created.TryGet(out ReplicaSet? stored, out Status? error))
        {
            if (stored.Spec.Replicas > 0)
            {
                _context.Events.Normal(
                    deployment, "ScalingReplicaSet", $"Scaled up replica set {stored.Metadata.Name} from 0 to {stored.Spec.Replicas}");
            }

            return (null, status);
        }

        if (error is { Reason: "AlreadyExists" })
        {
            ApiResult<ReplicaSet> found = await client.GetAsync<ReplicaSet>(
                wanted.Metadata.Namespace, wanted.Metadata.Name, cancellationToken);
            bool isOurs = found.Error is null && Owner.IsControlledBy(found.Value, deployment.Metadata.Uid)
                && TemplateHash.Equal(found.Value.Spec.Template, deployment.Spec.Template);

            // The name belongs to another template: the next attempt has another name.
            return isOurs
                ? (null, deployment.Status)
                : (error, deployment.Status with { CollisionCount = (status.CollisionCount ?? 0) + 1 });
        }

        if (PodWrites.IsNamespaceEnding(error))
        {
            return (null, deployment.Status);
        }

        _context.Events.Warning(
            deployment, "ReplicaSetCreateError", $"Failed to create new replica set \"{wanted.Metadata.Name}\": {error.Message}");
        Time now = Time.Now(_context.Clock);
        return (error, DeploymentStatuses.NotCreated(deployment, status, wanted.Metadata.Name, error.Message, now));
    }

    private async Task<Status?> ChangeAsync(
        Deployment deployment, ReplicaSetChange change, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<ReplicaSet> written = await client.UpdateAsync(change.Wanted, cancellationToken);
        if (written.Error is null && change.From != change.To)
        {
            string direction = change.To > change.From ? "up" : "down";
            _context.Events.Normal(
                deployment,
                "ScalingReplicaSet",
                $"Scaled {direction} replica set {change.Set.Metadata.Name} from {change.From} to {change.To}");
        }

        return written.Error;
    }

    private static async Task<Status?> WriteStatusAsync(
        Deployment deployment, DeploymentStatus status, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<Deployment> written = await client.UpdateStatusAsync(
            deployment with { Status = status }, cancellationToken);
        return written.Error is { Code: 404 } ? null : written.Error;
    }
}
