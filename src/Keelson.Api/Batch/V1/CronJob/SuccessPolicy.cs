using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>Rules under which an Indexed job counts as succeeded early.</summary>
[ApiType("io.k8s.api.batch.v1.SuccessPolicy")]
public sealed partial record SuccessPolicy
{
    /// <summary>
    /// Rules tried in order; when one is fulfilled the job has succeeded and its remaining pods are stopped.
    /// Between 1 and 20.
    /// </summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<SuccessPolicyRule> Rules { get; init; }
}
