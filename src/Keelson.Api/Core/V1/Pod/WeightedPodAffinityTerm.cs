using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A preference regarding other pods.</summary>
[ApiType("io.k8s.api.core.v1.WeightedPodAffinityTerm")]
public sealed partial record WeightedPodAffinityTerm
{
    /// <summary>Weight of the term, 1 to 100.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Weight { get; init; }

    /// <summary>The pods and the domain.</summary>
    [Field(2, Always = true, Required = true)]
    public partial PodAffinityTerm PodAffinityTerm { get; init; }
}
