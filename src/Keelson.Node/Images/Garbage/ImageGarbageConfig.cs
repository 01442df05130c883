namespace Keelson.Nodes.Images.Garbage;

/// <summary>When images nobody uses are removed; the defaults are upstream's.</summary>
public sealed record ImageGarbageConfig
{
    /// <summary>
    /// The percentage of the disk in use from which on images go (<c>imageGCHighThresholdPercent</c>).
    /// </summary>
    public int HighPercent { get; init; } = 85;

    /// <summary>The percentage to get down to (<c>imageGCLowThresholdPercent</c>).</summary>
    public int LowPercent { get; init; } = 80;

    /// <summary>How long an image is kept in any case (<c>imageMinimumGCAge</c>).</summary>
    public TimeSpan AgeMin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an unused image is kept at most; zero for ever (<c>imageMaximumGCAge</c>).</summary>
    public TimeSpan AgeMax { get; init; } = TimeSpan.Zero;

    /// <summary>How often it is looked.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);
}
