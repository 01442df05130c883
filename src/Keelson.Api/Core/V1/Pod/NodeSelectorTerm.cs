using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A set of conditions that all must hold. An empty term matches no node.</summary>
[ApiType("io.k8s.api.core.v1.NodeSelectorTerm", Atomic = true)]
public sealed partial record NodeSelectorTerm
{
    /// <summary>Conditions on the labels of the node.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<NodeSelectorRequirement> MatchExpressions { get; init; }

    /// <summary>Conditions on fields of the node; only metadata.name is supported.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<NodeSelectorRequirement> MatchFields { get; init; }
}
