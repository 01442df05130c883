namespace Keelson.Client.Leases;

/// <summary>Who takes part in an election, for what, and its times (upstream's defaults).</summary>
public sealed record LeaderElectionConfig
{
    /// <summary>The participant: host and a unique part.</summary>
    public required string Identity { get; init; }

    /// <summary>The lease's name (<c>--leader-elect-resource-name</c>).</summary>
    public required string Name { get; init; }

    /// <summary>The lease's namespace (<c>--leader-elect-resource-namespace</c>).</summary>
    public string Namespace { get; init; } = "kube-system";

    /// <summary>How long the others wait after the last sign of life (<c>--leader-elect-lease-duration</c>).</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a leader tries to renew before it gives up (<c>--leader-elect-renew-deadline</c>).</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time between attempts (<c>--leader-elect-retry-period</c>).</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where the elector says what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
