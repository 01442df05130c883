using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>Desired size of a workload.</summary>
[ApiType("io.k8s.api.autoscaling.v1.ScaleSpec")]
public sealed partial record ScaleSpec
{
    /// <summary>Number of replicas wanted. Defaults to 0.</summary>
    [Field(1, Default = "0")]
    public partial int Replicas { get; init; }
}
