using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Placement preferences and requirements of a pod.</summary>
[ApiType("io.k8s.api.core.v1.Affinity")]
public sealed partial record Affinity
{
    /// <summary>Rules on the labels and fields of nodes.</summary>
    [Field(1)]
    public partial NodeAffinity? NodeAffinity { get; init; }

    /// <summary>Rules that place the pod near other pods.</summary>
    [Field(2)]
    public partial PodAffinity? PodAffinity { get; init; }

    /// <summary>Rules that keep the pod away from other pods.</summary>
    [Field(3)]
    public partial PodAntiAffinity? PodAntiAffinity { get; init; }
}
