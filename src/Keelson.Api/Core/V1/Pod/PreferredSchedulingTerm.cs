using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A weighted condition on nodes. An empty preference matches all nodes with no effect.</summary>
[ApiType("io.k8s.api.core.v1.PreferredSchedulingTerm")]
public sealed partial record PreferredSchedulingTerm
{
    /// <summary>Weight of the term, 1 to 100.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Weight { get; init; }

    /// <summary>The condition.</summary>
    [Field(2, Always = true, Required = true)]
    public partial NodeSelectorTerm Preference { get; init; }
}
