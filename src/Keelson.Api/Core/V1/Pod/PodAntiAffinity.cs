using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Rules that keep a pod out of the topology domains of others.</summary>
[ApiType("io.k8s.api.core.v1.PodAntiAffinity")]
public sealed partial record PodAntiAffinity
{
    /// <summary>
    /// Conditions that all must hold when the pod is scheduled. A pod that already runs stays when they no longer
    /// hold.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; }

    /// <summary>Conditions that count against a node in which they are violated, added up by weight.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; }
}
