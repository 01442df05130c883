using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Metrics.V1Beta1;

/// <summary>What a container uses.</summary>
[ApiType("io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics")]
public sealed partial record ContainerMetrics
{
    /// <summary>The container's name.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Processors used on average in the interval, and memory at its end.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ApiMap<Quantity> Usage { get; init; }
}
