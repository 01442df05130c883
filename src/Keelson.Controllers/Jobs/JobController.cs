using System.Text.Json.Nodes;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Jobs;

/// <summary>Runs the pods of jobs to their end.</summary>
internal sealed class JobController : IController
{
    private const int Workers = 5;
    private const string OwnName = "kubernetes.io/job-controller";

    private readonly ControllerContext _context;
    private readonly IInformer<Job> _jobs;
    private readonly Claims<Pod> _claims;
    private readonly ReconcileLoop _loop;
    private readonly ReconcileLoop _orphans;

    public JobController(ControllerContext context)
    {
        _context = context;
        _jobs = context.Informers.Of<Job>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        _claims = new(Owner.ByController(pods));
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_jobs)
            .On(pods, OwnedKeys.For<Pod, Job>("Job", _jobs, static (job, labels) => LabelSelectorRules.Matches(job.Spec.Selector, labels)));

        // Pods that no job counts any more must not be kept by the finalizer.
        _orphans = context.Loop(1, (key, client, cancellation) => ReleaseOrphanAsync(pods, key, client, cancellation))
            .On(pods, static (_, now) => now is not null && JobPods.IsTracked(now) ? [ObjectKey.Of(now)] : [])
            .On(_jobs, (old, now) => now is null && old is not null
                ? pods.List(old.Metadata.Namespace).Where(pod => Owner.IsControlledBy(pod, old.Metadata.Uid)).Select(
                    ObjectKey.Of)
                : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_loop.RunAsync(cancellationToken), _orphans.RunAsync(cancellationToken));

    public void Dispose()
    {
        _loop.Dispose();
        _orphans.Dispose();
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_jobs.Find(key.Namespace, key.Name) is not { } job || job.Spec.ManagedBy is not (null or OwnName))
        {
            return Reconciled.Done;
        }

        ApiResult<IReadOnlyList<Pod>> claimed = await _claims.ClaimAsync(
            job, job.Spec.Selector.ToMatcher(), client, cancellationToken);
        if (!claimed.TryGet(out IReadOnlyList<Pod>? pods, out Status? error))
        {
            return Reconciled.Failed(error);
        }

        JobPlan plan = JobPlan.Compute(job, pods, Time.Now(_context.Clock));
        if (!plan.Status.Equals(job.Status))
        {
            ApiResult<Job> written = await client.UpdateStatusAsync(
                job with { Status = plan.Status }, cancellationToken);
            if (written.Error is { } refused)
            {
                return refused.Code == 404 ? Reconciled.Done : Reconciled.Failed(refused);
            }
        }

        foreach (JobEvent one in plan.Events)
        {
            _context.Events.Record(job, one.Type, one.Reason, one.Message);
        }

        // A pod that is withdrawn loses its finalizer first: what nobody tracks is not counted.
        IEnumerable<Pod> release = plan.Release.Concat(plan.Withdraw.Where(JobPods.IsTracked));
        Status?[] released = await Task.WhenAll(release.Select(pod => ReleaseAsync(pod, client, cancellationToken)));
        Status? failed = released.FirstOrDefault(static one => one is not null);
        if (job.Metadata.DeletionTimestamp is null)
        {
            PodWrites writes = new(client, _context.Events);
            failed ??= await writes.DeleteAsync(job, [.. plan.Delete, .. plan.Withdraw], cancellationToken);
            failed ??= await writes.CreateAsync(job, plan.Create, cancellationToken);
        }

        return failed is not null && !PodWrites.IsNamespaceEnding(failed)
            ? Reconciled.Failed(failed)
            : plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    private async Task<Reconciled> ReleaseOrphanAsync(
        IInformer<Pod> pods, ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (pods.Find(key.Namespace, key.Name) is not { } pod || !JobPods.IsTracked(pod))
        {
            return Reconciled.Done;
        }

        OwnerReference? owner = Owner.ControllerOf(pod.Metadata);
        bool hasJob = owner is { Kind: "Job" } && _jobs.Find(key.Namespace, owner.Name)?.Metadata.Uid == owner.Uid;
        return Reconciled.Of(hasJob ? null : await ReleaseAsync(pod, client, cancellationToken));
    }

    /// <summary>Takes the finalizer off a pod; one that is gone is fine.</summary>
    private static async Task<Status?> ReleaseAsync(Pod pod, IApiClient client, CancellationToken cancellationToken)
    {
        JsonObject patch = new()
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = pod.Metadata.Uid,
                ["$deleteFromPrimitiveList/finalizers"] = new JsonArray(JsonValue.Create(JobPods.Finalizer)),
            },
        };
        ApiResult<Pod> patched = await client.PatchAsync<Pod>(
            pod.Metadata.Namespace, pod.Metadata.Name, patch, cancellationToken);
        return patched.Error is { Code: 404 or 409 or 422 } ? null : patched.Error;
    }
}
