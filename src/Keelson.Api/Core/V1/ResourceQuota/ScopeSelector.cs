using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A query over quota scopes.</summary>
[ApiType("io.k8s.api.core.v1.ScopeSelector", Atomic = true)]
public sealed partial record ScopeSelector
{
    /// <summary>Conditions that all must hold.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<ScopedResourceSelectorRequirement> MatchExpressions { get; init; }
}
