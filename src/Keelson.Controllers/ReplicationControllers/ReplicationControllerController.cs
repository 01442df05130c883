using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Controllers.ReplicaSets;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ReplicationControllers;

/// <summary>Keeps as many pods of each replication controller as it asks for, by the rules of replica sets.</summary>
internal sealed class ReplicationControllerController : IController
{
    private const int Workers = 5;
    private const string ReplicaFailure = "ReplicaFailure";

    private readonly ControllerContext _context;
    private readonly IInformer<ReplicationController> _controllers;
    private readonly Claims<Pod> _claims;
    private readonly ReconcileLoop _loop;

    public ReplicationControllerController(ControllerContext context)
    {
        _context = context;
        _controllers = context.Informers.Of<ReplicationController>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        _claims = new(Owner.ByController(pods));
        _loop = context.Loop(Workers, ReconcileAsync).On(_controllers)
            .On(pods, OwnedKeys.For<Pod, ReplicationController>("ReplicationController", _controllers, static (one, labels) => SelectorOf(one).Matches(labels)));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static LabelMatcher SelectorOf(ReplicationController controller) =>
        controller.Spec.Selector.Count == 0 ? LabelMatcher.Nothing : LabelMatcher.FromLabels(controller.Spec.Selector);

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_controllers.Find(key.Namespace, key.Name) is not { } controller)
        {
            return Reconciled.Done;
        }

        ApiResult<IReadOnlyList<Pod>> claimed = await _claims.ClaimAsync(
            controller, SelectorOf(controller), client, cancellationToken, static pod => !PodFacts.IsEnded(pod));
        if (!claimed.TryGet(out IReadOnlyList<Pod>? owned, out Status? error))
        {
            return Reconciled.Failed(error);
        }

        PodTemplateSpec template = controller.Spec.Template ?? PodTemplateSpec.Empty;
        ReplicaTarget target = new(
            controller.Spec.Replicas ?? 1, controller.Spec.MinReadySeconds, template.Metadata.Labels);
        Time now = Time.Now(_context.Clock);
        ReplicaPlan plan = ReplicaPlan.Compute(target, owned, owned.Where(PodFacts.IsActive), now);
        Status? failed = null;
        if (controller.Metadata.DeletionTimestamp is null)
        {
            PodWrites writes = new(client, _context.Events);
            Pod pod = PodTemplates.PodFrom(template, controller);
            failed = plan.Create > 0
                ? await writes.CreateAsync(controller, [.. Enumerable.Repeat(pod, plan.Create)], cancellationToken)
                : await writes.DeleteAsync(controller, plan.Delete, cancellationToken);
        }

        ReplicationControllerStatus status = Status(controller, plan, failed, now);
        Status? notWritten = null;
        if (!status.Equals(controller.Status))
        {
            notWritten = (await client.UpdateStatusAsync(controller with { Status = status }, cancellationToken)).Error;
        }

        if ((failed is { } refused && !PodWrites.IsNamespaceEnding(refused) ? refused : notWritten) is { Code: not 404 } problem)
        {
            return Reconciled.Failed(problem);
        }

        return plan.CheckAfter is { } check ? Reconciled.Again(check) : Reconciled.Done;
    }

    private static ReplicationControllerStatus Status(
        ReplicationController controller, ReplicaPlan plan, Status? failure, Time now)
    {
        ApiList<ReplicationControllerCondition> conditions = controller.Status.Conditions;
        bool isShown = conditions.Any(static one => one.Type == ReplicaFailure);
        if (failure is null && isShown)
        {
            conditions = conditions.Where(static one => one.Type != ReplicaFailure).ToApiList();
        }
        else if (failure is not null && !isShown)
        {
            conditions = conditions.Add(new ReplicationControllerCondition
            {
                Type = ReplicaFailure,
                Status = "True",
                LastTransitionTime = now,
                Reason = plan.Create > 0 ? "FailedCreate" : "FailedDelete",
                Message = failure.Message,
            });
        }

        return controller.Status with
        {
            Replicas = plan.Counts.Replicas,
            FullyLabeledReplicas = plan.Counts.FullyLabeled,
            ReadyReplicas = plan.Counts.Ready,
            AvailableReplicas = plan.Counts.Available,
            ObservedGeneration = controller.Metadata.Generation,
            Conditions = conditions,
        };
    }
}
