using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>Rules that decide what failed pods mean for the job.</summary>
[ApiType("io.k8s.api.batch.v1.PodFailurePolicy")]
public sealed partial record PodFailurePolicy
{
    /// <summary>
    /// Rules tried in order; the first that matches a failed pod decides, and if none does the failure counts
    /// towards backoffLimit. At most 20.
    /// </summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<PodFailurePolicyRule> Rules { get; init; }
}
