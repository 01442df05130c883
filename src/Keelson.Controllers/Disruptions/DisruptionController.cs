using Keelson.Api.Apps.V1;
using Keelson.Api.Autoscaling.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Disruptions;

/// <summary>Works out how many pods of each disruption budget may be evicted.</summary>
internal sealed class DisruptionController : IController
{
    private readonly ControllerContext _context;
    private readonly IInformer<PodDisruptionBudget> _budgets;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<ReplicaSet> _sets;
    private readonly IInformer<Deployment> _deployments;
    private readonly IInformer<StatefulSet> _statefulSets;
    private readonly IInformer<ReplicationController> _controllers;
    private readonly ReconcileLoop _loop;

    public DisruptionController(ControllerContext context)
    {
        _context = context;
        _budgets = context.Informers.Of<PodDisruptionBudget>();
        _pods = context.Informers.Of<Pod>();
        _sets = context.Informers.Of<ReplicaSet>();
        _deployments = context.Informers.Of<Deployment>();
        _statefulSets = context.Informers.Of<StatefulSet>();
        _controllers = context.Informers.Of<ReplicationController>();
        _loop = context.Loop(1, ReconcileAsync)
            .On(_budgets)
            .On(_pods, KeysOf)
            .On(_sets, (_, now) => Resized(now, now?.Status.Replicas != now?.Spec.Replicas))
            .On(_deployments, (old, now) => Resized(now, old?.Spec.Replicas != now?.Spec.Replicas))
            .On(_statefulSets, (old, now) => Resized(now, old?.Spec.Replicas != now?.Spec.Replicas))
            .On(_controllers, (old, now) => Resized(now, old?.Spec.Replicas != now?.Spec.Replicas));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private IEnumerable<ObjectKey> KeysOf(Pod? old, Pod? now)
    {
        bool isSame = old is not null && now is not null && PodFacts.IsReady(old) == PodFacts.IsReady(now)
            && old.Metadata.DeletionTimestamp == now.Metadata.DeletionTimestamp
                && old.Metadata.Labels == now.Metadata.Labels
            && PodFacts.IsEnded(old) == PodFacts.IsEnded(now)
                && old.Metadata.OwnerReferences == now.Metadata.OwnerReferences;
        if (isSame)
        {
            return [];
        }

        Pod pod = (now ?? old)!;
        return _budgets.List(pod.Metadata.Namespace)
            .Where(one => LabelSelectorRules.Matches(one.Spec.Selector, pod.Metadata.Labels)
                || (old is not null && LabelSelectorRules.Matches(one.Spec.Selector, old.Metadata.Labels)))
            .Select(ObjectKey.Of);
    }

    /// <summary>An owner of another size changes what its pods' budgets expect.</summary>
    private IEnumerable<ObjectKey> Resized(IObject? owner, bool isResized) =>
        owner is null || !isResized ? [] : _budgets.List(owner.Metadata.Namespace).Select(ObjectKey.Of);

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_budgets.Find(key.Namespace, key.Name) is not { } budget)
        {
            return Reconciled.Done;
        }

        Pod[] pods =
        [
            .. _pods.List(key.Namespace).Where(pod =>
                LabelSelectorRules.Matches(budget.Spec.Selector, pod.Metadata.Labels) && !PodFacts.IsEnded(pod)),
        ];
        if (pods.Length == 0)
        {
            _context.Events.Normal(budget, "NoPods", "No matching pods found");
        }

        ExpectedPods expected = await ExpectAsync(budget, pods, client, cancellationToken);
        DisruptionPlan plan = DisruptionPlan.Compute(budget, pods, expected, Time.Now(_context.Clock));
        if (plan.Error.Length > 0)
        {
            _context.Events.Warning(
                budget,
                "CalculateExpectedPodCountFailed",
                "Failed to calculate the number of expected pods: " + plan.Error);
        }

        if (!plan.Status.Equals(budget.Status))
        {
            ApiResult<PodDisruptionBudget> written = await client.UpdateStatusAsync(
                budget with { Status = plan.Status }, cancellationToken);
            if (written.Error is { Code: not 404 } refused)
            {
                return Reconciled.Failed(refused);
            }
        }

        return plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    /// <summary>Adds up what the pods' controllers want, each controller once.</summary>
    private async Task<ExpectedPods> ExpectAsync(
        PodDisruptionBudget budget, Pod[] pods, IApiClient client, CancellationToken cancellationToken)
    {
        bool isNeeded = budget.Spec.MaxUnavailable is not null || budget.Spec.MinAvailable is { IsText: true };
        if (!isNeeded)
        {
            return new(pods.Length, "");
        }

        bool unmanaged = false;
        Dictionary<string, int> byController = [];
        foreach (Pod pod in pods)
        {
            if (Owner.ControllerOf(pod.Metadata) is not { } owner)
            {
                unmanaged = true;
                continue;
            }

            if (byController.ContainsKey(owner.Uid))
            {
                continue;
            }

            if (await ScaleOfAsync(pod.Metadata.Namespace, owner, client, cancellationToken) is not { } scale)
            {
                return new(0, $"found no controllers for pod \"{pod.Metadata.Name}\"");
            }

            byController[scale.Uid] = scale.Replicas;
            byController[owner.Uid] = scale.Uid == owner.Uid ? scale.Replicas : 0;
        }

        if (unmanaged)
        {
            _context.Events.Warning(budget, "UnmanagedPods", UnmanagedMessage(budget.Spec.Selector));
        }

        return new(byController.Values.Sum(), "");
    }

    private static string UnmanagedMessage(LabelSelector? selector) =>
        $"Pods selected by this PodDisruptionBudget (selector: {SelectorText.Of(selector)}) were found to be "
        + "unmanaged. As a "
        + "result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To "
        + "account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.";

    private async Task<(string Uid, int Replicas)?> ScaleOfAsync(
        string @namespace, OwnerReference owner, IApiClient client, CancellationToken cancellationToken)
    {
        switch (owner.Kind)
        {
            case "ReplicaSet" when _sets.Find(@namespace, owner.Name) is { } set && set.Metadata.Uid == owner.Uid:
                return Owner.ControllerOf(set.Metadata) is { Kind: "Deployment" } reference
                    && _deployments.Find(@namespace, reference.Name) is { } deployment
                        && deployment.Metadata.Uid == reference.Uid
                        ? (deployment.Metadata.Uid, deployment.Spec.Replicas ?? 1)
                        : (set.Metadata.Uid, set.Spec.Replicas ?? 1);
            case "StatefulSet" when _statefulSets.Find(@namespace, owner.Name) is { } set
                && set.Metadata.Uid == owner.Uid:
                return (set.Metadata.Uid, set.Spec.Replicas ?? 1);
            case "ReplicationController" when _controllers.Find(@namespace, owner.Name) is { } one
                && one.Metadata.Uid == owner.Uid:
                return (one.Metadata.Uid, one.Spec.Replicas ?? 1);
            default:
                return await ScaleByApiAsync(@namespace, owner, client, cancellationToken);
        }
    }

    /// <summary>Any other kind tells by its scale subresource, if it has one.</summary>
    private static async Task<(string Uid, int Replicas)?> ScaleByApiAsync(
        string @namespace, OwnerReference owner, IApiClient client, CancellationToken cancellationToken)
    {
        ApiKind? kind = ApiKinds.All.FirstOrDefault(
            one => one.Info.Kind == owner.Kind && one.Info.ApiVersion == owner.ApiVersion);
        if (kind is null)
        {
            return null;
        }

        ApiResult<IObject> scale = await client.GetAsync(
            new ObjectPath(kind, @namespace, owner.Name, "scale"), cancellationToken);
        return scale.Error is null && scale.Value is Scale found && found.Metadata.Uid == owner.Uid
            ? (owner.Uid, found.Spec.Replicas)
            : null;
    }
}
