using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>Observed size of a workload.</summary>
[ApiType("io.k8s.api.autoscaling.v1.ScaleStatus")]
public sealed partial record ScaleStatus
{
    /// <summary>Number of replicas that exist.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Replicas { get; init; }

    /// <summary>Label selector of the workload's pods in string form, for clients that need to find them.</summary>
    [Field(2)]
    public partial string Selector { get; init; }
}
