using Keelson.Nodes.Bus;

namespace Keelson.Nodes.Shutdown;

/// <summary>How long pods get when the machine shuts down. Names and defaults are the kubelet's.</summary>
public sealed record ShutdownConfig
{
    /// <summary>How long all of it takes (<c>shutdownGracePeriod</c>); zero to leave pods to the system.</summary>
    public TimeSpan GracePeriod { get; init; }

    /// <summary>The part of it that is kept for critical pods (<c>shutdownGracePeriodCriticalPods</c>).</summary>
    public TimeSpan CriticalGracePeriod { get; init; }

    /// <summary>Seconds by priority from which on they count (<c>shutdownGracePeriodByPodPriority</c>); in place of the
    /// two above where there are any.</summary>
    public IReadOnlyDictionary<int, long> SecondsByPriority { get; init; } = new Dictionary<int, long>();

    /// <summary>Where the system's D-Bus listens (<c>DBUS_SYSTEM_BUS_ADDRESS</c>).</summary>
    public string BusSocket { get; init; } = BusAddress.SystemSocket();

    /// <summary>Where logind reads files beside its own.</summary>
    public string LogindDirectory { get; init; } = "/etc/systemd/logind.conf.d";

    /// <summary>How many seconds all pods together get.</summary>
    public long TotalSeconds =>
        SecondsByPriority.Count > 0 ? SecondsByPriority.Values.Sum() : (long)GracePeriod.TotalSeconds;

    /// <summary>True when pods are given time.</summary>
    public bool IsOn => SecondsByPriority.Values.Any(static one => one > 0) || GracePeriod > TimeSpan.Zero;
}
