using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Batch.V1;

/// <summary>Creates a Job again and again on a time schedule written in cron notation.</summary>
[ApiType("io.k8s.api.batch.v1.CronJob")]
[Kind(
    "batch",
    "v1",
    "cronjobs",
    Singular = "cronjob",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "cj",
    Categories = "all",
    StoragePrefix = "cronjobs")]
public sealed partial record CronJob : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// Desired behaviour: the schedule, the job to create and how overlaps and history are handled.
    /// </summary>
    [Field(2, Required = true)]
    public partial CronJobSpec Spec { get; init; }

    /// <summary>
    /// Observed state: jobs now running and the time of the last runs. Written by the controller.
    /// </summary>
    [Field(3)]
    public partial CronJobStatus Status { get; init; }
}
