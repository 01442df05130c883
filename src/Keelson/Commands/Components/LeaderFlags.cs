using Keelson.Client.Leases;
using Keelson.Commands.ApiServer;
using Keelson.Flags;

namespace Keelson.Commands.Components;

/// <summary>Which of several processes works, and when another takes over.</summary>
internal sealed class LeaderFlags(FlagSection flags, string component)
{
    public Flag<bool> Elect { get; } = flags.Switch("leader-elect", true,
        "Become the leader before the work begins, so that several can run and one works.");

    public Flag<TimeSpan> LeaseDuration { get; } = flags.Duration("leader-elect-lease-duration", TimeSpan.FromSeconds(15),
        "How long the others wait after the leader's last sign of life before one takes over.");

    public Flag<TimeSpan> RenewDeadline { get; } = flags.Duration("leader-elect-renew-deadline", TimeSpan.FromSeconds(10),
        "How long a leader tries to renew its lease before it stops working. Less than the lease's duration.");

    public Flag<TimeSpan> RetryPeriod { get; } = flags.Duration("leader-elect-retry-period", TimeSpan.FromSeconds(2),
        "The time between attempts to get or renew the lease.");

    public Flag<string> ResourceLock { get; } = flags.Text("leader-elect-resource-lock", "leases",
        "What is locked: \"leases\".");

    public Flag<string> ResourceName { get; } = flags.Text("leader-elect-resource-name", component,
        "The lease's name.");

    public Flag<string> ResourceNamespace { get; } = flags.Text("leader-elect-resource-namespace", "kube-system",
        "The lease's namespace.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        if (!Elect.Value)
        {
            return;
        }

        if (LeaseDuration.Value <= RenewDeadline.Value)
        {
            errors.Add("leaderElection.leaseDuration: Invalid value: \"" + RenewDeadline.Text + "\": LeaseDuration must be greater than RenewDeadline");
        }

        if (RenewDeadline.Value <= RetryPeriod.Value)
        {
            errors.Add("leaderElection.renewDeadline: Invalid value: \"" + RetryPeriod.Text + "\": RenewDeadline must be greater than RetryPeriod");
        }

        if (ResourceLock.Value != "leases")
        {
            errors.Add($"leaderElection.resourceLock: Invalid value: \"{ResourceLock.Value}\": resourceLock value must be \"leases\"");
        }
    }

    /// <summary>The election; null when none is wanted.</summary>
    public LeaderElectionConfig? ToConfig(ServerProcess process) => !Elect.Value ? null : new()
    {
        Identity = $"{Environment.MachineName}_{Guid.NewGuid()}",
        Name = ResourceName.Value,
        Namespace = ResourceNamespace.Value,
        LeaseDuration = LeaseDuration.Value,
        RenewDeadline = RenewDeadline.Value,
        RetryPeriod = RetryPeriod.Value,
        Clock = process.Clock,
        Log = process.Log,
    };
}
