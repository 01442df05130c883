using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Metrics.V1Beta1;

/// <summary>What a pod's containers use. Not stored: measured.</summary>
[ApiType("io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics")]
[Kind(
    "metrics.k8s.io",
    "v1beta1",
    "pods",
    Singular = "",
    Namespaced = true,
    Verbs = "get,list")]
public sealed partial record PodMetrics : IObject
{
    /// <summary>Standard object metadata: the pod's name, namespace and labels.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>When the measured interval ended.</summary>
    [Field(2, Always = true, Required = true)]
    public partial Time Timestamp { get; init; }

    /// <summary>How long the measured interval was.</summary>
    [Field(3, Always = true, Required = true)]
    public partial Duration Window { get; init; }

    /// <summary>What each container used in the interval.</summary>
    [Field(4, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<ContainerMetrics> Containers { get; init; }
}
