using Keelson.Api.Batch.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.TtlAfterFinished;

/// <summary>Deletes jobs some time after their end, where they ask for it.</summary>
internal sealed class TtlAfterFinishedController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<Job> _jobs;
    private readonly ReconcileLoop _loop;

    public TtlAfterFinishedController(ControllerContext context)
    {
        _context = context;
        _jobs = context.Informers.Of<Job>();
        _loop = context.Loop(Workers, ReconcileAsync).On(
            _jobs, static (_, now) => now?.Spec.TtlSecondsAfterFinished is null ? [] : [ObjectKey.Of(now)]);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    /// <summary>How long a job is still kept; null for ever, or until it ends.</summary>
    internal static TimeSpan? LeftOf(Job job, Time now)
    {
        if (job.Spec.TtlSecondsAfterFinished is not { } seconds || job.Metadata.DeletionTimestamp is not null)
        {
            return null;
        }

        foreach (JobCondition one in job.Status.Conditions)
        {
            if (one.Type is JobConditionType.Complete or JobConditionType.Failed && one.Status == "True")
            {
                return one.LastTransitionTime.Instant.AddSeconds(seconds) - now.Instant;
            }
        }

        return null;
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        Time now = Time.Now(_context.Clock);
        if (_jobs.Find(key.Namespace, key.Name) is not { } job || LeftOf(job, now) is not { } left)
        {
            return Reconciled.Done;
        }

        if (left > TimeSpan.Zero)
        {
            return Reconciled.Again(left);
        }

        // What is deleted can't be brought back, so the job is read once more from the server.
        ApiResult<Job> read = await client.GetAsync<Job>(key.Namespace, key.Name, cancellationToken);
        if (!read.TryGet(out Job? fresh, out Status? error))
        {
            return error.Code == 404 ? Reconciled.Done : Reconciled.Failed(error);
        }

        if (LeftOf(fresh, now) is not { } still || still > TimeSpan.Zero)
        {
            return Reconciled.Done;
        }

        DeleteOptions foreground = DeleteOptions.Empty with { PropagationPolicy = "Foreground" };
        return Reconciled.Of(await client.DeleteAsync(fresh, cancellationToken, foreground));
    }
}
