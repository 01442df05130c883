using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Coordination.V1;

/// <summary>Holder and timing of a lease.</summary>
[ApiType("io.k8s.api.coordination.v1.LeaseSpec")]
public sealed partial record LeaseSpec
{
    /// <summary>Who holds the lease now; with coordinated election, the elected candidate.</summary>
    [Field(1)]
    public partial string? HolderIdentity { get; init; }

    /// <summary>Seconds after renewTime when others may take the lease over.</summary>
    [Field(2)]
    public partial int? LeaseDurationSeconds { get; init; }

    /// <summary>When the present holder took the lease.</summary>
    [Field(3)]
    public partial MicroTime? AcquireTime { get; init; }

    /// <summary>When the present holder last renewed the lease.</summary>
    [Field(4)]
    public partial MicroTime? RenewTime { get; init; }

    /// <summary>How often the lease has changed hands.</summary>
    [Field(5)]
    public partial int? LeaseTransitions { get; init; }

    /// <summary>
    /// How a leader is chosen in coordinated election, such as OldestEmulationVersion; unset if that is not used.
    /// </summary>
    [Field(6, GoType = "v1.CoordinatedLeaseStrategy")]
    public partial string? Strategy { get; init; }

    /// <summary>
    /// Better candidate to whom the present holder should hand over the lease. Requires strategy.
    /// </summary>
    [Field(7)]
    public partial string? PreferredHolder { get; init; }
}
