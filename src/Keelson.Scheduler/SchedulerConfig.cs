using Keelson.Scheduler.Config;

namespace Keelson.Scheduler;

/// <summary>What a scheduler runs with.</summary>
public sealed record SchedulerConfig
{
    /// <summary>kube-scheduler's settings.</summary>
    public KubeSchedulerConfiguration Configuration { get; init; } = new();

    /// <summary>The machine it runs on, for events.</summary>
    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where the scheduler says what went wrong.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
