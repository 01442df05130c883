using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>Observed state of a cron job.</summary>
[ApiType("io.k8s.api.batch.v1.CronJobStatus")]
public sealed partial record CronJobStatus
{
    /// <summary>References to the jobs that are running now.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<ObjectReference> Active { get; init; }

    /// <summary>Latest scheduled time for which a job was created.</summary>
    [Field(4)]
    public partial Time? LastScheduleTime { get; init; }

    /// <summary>When a job of this cron job last finished successfully.</summary>
    [Field(5)]
    public partial Time? LastSuccessfulTime { get; init; }
}
