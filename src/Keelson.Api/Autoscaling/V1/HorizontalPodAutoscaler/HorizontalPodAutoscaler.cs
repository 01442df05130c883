using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>
/// Adjusts the number of replicas of a workload automatically according to its CPU use. Version autoscaling/v2
/// offers more metrics.
/// </summary>
[ApiType("io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler")]
[Kind(
    "autoscaling",
    "v1",
    "horizontalpodautoscalers",
    Singular = "horizontalpodautoscaler",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "hpa",
    Categories = "all",
    StoragePrefix = "horizontalpodautoscalers",
    StoredAs = typeof(V2.HorizontalPodAutoscaler))]
public sealed partial record HorizontalPodAutoscaler : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Workload to scale, bounds and CPU target.</summary>
    [Field(2, Required = true)]
    public partial HorizontalPodAutoscalerSpec Spec { get; init; }

    /// <summary>Observed state of the autoscaler.</summary>
    [Field(3)]
    public partial HorizontalPodAutoscalerStatus Status { get; init; }
}
