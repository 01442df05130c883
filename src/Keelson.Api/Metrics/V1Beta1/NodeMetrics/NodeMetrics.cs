using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Metrics.V1Beta1;

/// <summary>What a node uses. Not stored: measured.</summary>
[ApiType("io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics")]
[Kind(
    "metrics.k8s.io",
    "v1beta1",
    "nodes",
    Singular = "",
    Verbs = "get,list")]
public sealed partial record NodeMetrics : IObject
{
    /// <summary>Standard object metadata: the node's name and labels.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>When the measured interval ended.</summary>
    [Field(2, Always = true, Required = true)]
    public partial Time Timestamp { get; init; }

    /// <summary>How long the measured interval was.</summary>
    [Field(3, Always = true, Required = true)]
    public partial Duration Window { get; init; }

    /// <summary>Processors used on average in the interval, and memory at its end.</summary>
    [Field(4, Always = true, Required = true)]
    public partial ApiMap<Quantity> Usage { get; init; }
}
