using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Placement by properties of nodes.</summary>
[ApiType("io.k8s.api.core.v1.NodeAffinity")]
public sealed partial record NodeAffinity
{
    /// <summary>
    /// Conditions a node must meet when the pod is scheduled. A pod that already runs stays when they no longer
    /// hold.
    /// </summary>
    [Field(1)]
    public partial NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }

    /// <summary>
    /// Conditions that make a node more attractive. The node with the highest sum of weights of met terms is
    /// favoured.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<PreferredSchedulingTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; }
}
