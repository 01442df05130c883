using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Observed state of a service.</summary>
[ApiType("io.k8s.api.core.v1.ServiceStatus")]
public sealed partial record ServiceStatus
{
    /// <summary>State of the external load balancer, if the service has one.</summary>
    [Field(1)]
    public partial LoadBalancerStatus LoadBalancer { get; init; }

    /// <summary>Observations about the service, one entry per type.</summary>
    [Field(2, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<Condition> Conditions { get; init; }
}
