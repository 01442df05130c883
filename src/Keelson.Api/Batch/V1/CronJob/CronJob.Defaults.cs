using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Batch.V1;

public sealed partial record CronJob
{
    /// <summary>Of the job, only the pod template is defaulted here; the rest comes when the job is made.</summary>
    public static CronJob SetDefaults(CronJob obj)
    {
        CronJobSpec spec = obj.Spec;
        JobSpec job = spec.JobTemplate.Spec;
        CronJobSpec defaulted = spec with
        {
            ConcurrencyPolicy = spec.ConcurrencyPolicy.Length == 0
                ? Batch.V1.ConcurrencyPolicy.Allow
                : spec.ConcurrencyPolicy,
            Suspend = spec.Suspend ?? false,
            SuccessfulJobsHistoryLimit = spec.SuccessfulJobsHistoryLimit ?? 3,
            FailedJobsHistoryLimit = spec.FailedJobsHistoryLimit ?? 1,
            JobTemplate = spec.JobTemplate with
            {
                Spec = job with
                {
                    Template = PodTemplateRules.SetDefaults(job.Template),
                    PodFailurePolicy = job.PodFailurePolicy?.SetDefaults(),
                },
            },
        };
        return obj with { Spec = defaulted };
    }
}
