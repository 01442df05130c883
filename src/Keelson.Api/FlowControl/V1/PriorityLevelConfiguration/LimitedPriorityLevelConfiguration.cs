using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Settings of a priority level with limited concurrency.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration")]
public sealed partial record LimitedPriorityLevelConfiguration
{
    /// <summary>
    /// Share of the server's concurrency this level gets, in proportion to the shares of all levels. Defaults to
    /// 30; 0 only if borrowing suffices.
    /// </summary>
    [Field(1, Always = true)]
    public partial int? NominalConcurrencyShares { get; init; }

    /// <summary>What happens to requests that cannot be executed at once.</summary>
    [Field(2)]
    public partial LimitResponse LimitResponse { get; init; }

    /// <summary>Percentage of its nominal seats other levels may borrow, from 0 to 100. Defaults to 0.</summary>
    [Field(3)]
    public partial int? LendablePercent { get; init; }

    /// <summary>
    /// How many seats this level may borrow, as a percentage of its nominal ones. If not set, no limit.
    /// </summary>
    [Field(4)]
    public partial int? BorrowingLimitPercent { get; init; }
}
