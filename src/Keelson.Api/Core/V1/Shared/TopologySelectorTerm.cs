using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Conditions on labels for volume provisioning. An empty term matches everything.</summary>
[ApiType("io.k8s.api.core.v1.TopologySelectorTerm", Atomic = true)]
public sealed partial record TopologySelectorTerm
{
    /// <summary>Conditions that all must hold.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<TopologySelectorLabelRequirement> MatchLabelExpressions { get; init; }
}
