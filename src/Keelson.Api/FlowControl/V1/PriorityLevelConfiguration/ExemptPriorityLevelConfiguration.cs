using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Settings of a priority level that is never limited.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration")]
public sealed partial record ExemptPriorityLevelConfiguration
{
    /// <summary>
    /// Share of the server's concurrency reckoned to this level; others may use what is idle. Defaults to 0.
    /// </summary>
    [Field(1)]
    public partial int? NominalConcurrencyShares { get; init; }

    /// <summary>Percentage of its nominal seats other levels may borrow, from 0 to 100. Defaults to 0.</summary>
    [Field(2)]
    public partial int? LendablePercent { get; init; }
}
