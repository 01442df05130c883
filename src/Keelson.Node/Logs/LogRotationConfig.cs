namespace Keelson.Nodes.Logs;

/// <summary>When logs of containers are rotated; the defaults are upstream's.</summary>
public sealed record LogRotationConfig
{
    /// <summary>How big a log may become (<c>containerLogMaxSize</c>); less than 0 to rotate none.</summary>
    public long SizeMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>
    /// How many files of a container are kept, the present one among them (<c>containerLogMaxFiles</c>).
    /// </summary>
    public int FilesMax { get; init; } = 5;

    /// <summary>How many logs are rotated at once (<c>containerLogMaxWorkers</c>).</summary>
    public int WorkersMax { get; init; } = 1;

    /// <summary>How often sizes are looked at (<c>containerLogMonitorInterval</c>).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
}
