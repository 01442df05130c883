using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>
/// A query over labels. All conditions of both fields must hold. An empty selector matches everything, an absent
/// one nothing.
/// </summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector", Atomic = true)]
public sealed partial record LabelSelector
{
    /// <summary>
    /// Labels with the exact values they must have; each is equivalent to an In condition with one value.
    /// </summary>
    [Field(1)]
    public partial ApiMap<string> MatchLabels { get; init; }

    /// <summary>Further conditions.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<LabelSelectorRequirement> MatchExpressions { get; init; }
}
