using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Jobs;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.CronJobs;

/// <summary>Creates jobs at the times that cron jobs say.</summary>
internal sealed class CronJobController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<CronJob> _crons;
    private readonly IInformerIndex<Job> _jobs;
    private readonly ReconcileLoop _loop;

    public CronJobController(ControllerContext context)
    {
        _context = context;
        _crons = context.Informers.Of<CronJob>();
        IInformer<Job> jobs = context.Informers.Of<Job>();
        _jobs = Owner.ByController(jobs);
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_crons)
            .On(jobs, OwnedKeys.For<Job, CronJob>("CronJob", _crons, static (_, _) => false));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_crons.Find(key.Namespace, key.Name) is not { } cron)
        {
            return Reconciled.Done;
        }

        CronJobPlan plan = CronJobPlan.Compute(cron, _jobs.Find(cron.Metadata.Uid), _context.Clock.GetUtcNow());
        foreach (JobEvent one in plan.Events)
        {
            _context.Events.Record(cron, one.Type, one.Reason, one.Message);
        }

        foreach (Job job in plan.Delete)
        {
            if (await DeleteAsync(cron, job, client, cancellationToken) is { } refused)
            {
                return Reconciled.Failed(refused);
            }
        }

        (Status? failed, CronJobStatus status) = await CreateAsync(cron, plan, client, cancellationToken);
        if (!status.Equals(cron.Status))
        {
            ApiResult<CronJob> written = await client.UpdateStatusAsync(
                cron with { Status = status }, cancellationToken);
            failed ??= written.Error is { Code: 404 } ? null : written.Error;
        }

        return failed is not null
            ? Reconciled.Failed(failed)
            : plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    private async Task<(Status? Failed, CronJobStatus Status)> CreateAsync(
        CronJob cron, CronJobPlan plan, IApiClient client, CancellationToken cancellationToken)
    {
        if (plan.Create is not { } wanted)
        {
            return (null, plan.Status);
        }

        ApiResult<Job> created = await client.CreateAsync(wanted, cancellationToken);
        if (created.Error is { Reason: "AlreadyExists" })
        {
            created = await client.GetAsync<Job>(wanted.Metadata.Namespace, wanted.Metadata.Name, cancellationToken);
            if (created.Error is null && !Owner.IsControlledBy(created.Value, cron.Metadata.Uid))
            {
                return (ApiErrors.AlreadyExists(Job.Info, wanted.Metadata.Name), plan.Status);
            }
        }
        else if (created.Error is null)
        {
            _context.Events.Normal(cron, "SuccessfulCreate", "Created job " + wanted.Metadata.Name);
        }

        if (!created.TryGet(out Job? job, out Status? error))
        {
            if (!PodWrites.IsNamespaceEnding(error))
            {
                _context.Events.Warning(cron, "FailedCreate", "Error creating job: " + error.Message);
            }

            return (error, plan.Status);
        }

        bool isListed = plan.Status.Active.Any(one => one.Uid == job.Metadata.Uid) || JobPlan.IsFinished(job.Status);
        ObjectReference reference = EventRecorder.ReferenceTo(job);
        return (null, plan.Status with
        {
            Active = isListed ? plan.Status.Active : plan.Status.Active.Add(reference),
            LastScheduleTime = plan.Scheduled,
        });
    }

    private async Task<Status?> DeleteAsync(
        CronJob cron, Job job, IApiClient client, CancellationToken cancellationToken)
    {
        DeleteOptions background = DeleteOptions.Empty with { PropagationPolicy = "Background" };
        Status? refused = await client.DeleteAsync(job, cancellationToken, background);
        if (refused is null)
        {
            _context.Events.Normal(cron, "SuccessfulDelete", "Deleted job " + job.Metadata.Name);
        }
        else
        {
            _context.Events.Warning(cron, "FailedDelete", "Deleted job: " + refused.Message);
        }

        return refused;
    }
}
