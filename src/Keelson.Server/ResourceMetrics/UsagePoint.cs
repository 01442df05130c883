namespace Keelson.Server.ResourceMetrics;

/// <summary>What was used by a time.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="ProcessorSeconds">Processor time so far.</param>
/// <param name="MemoryBytes">The working set.</param>
/// <param name="StartedAt">When the container started.</param>
internal readonly record struct UsagePoint(
    DateTimeOffset At, double ProcessorSeconds, double MemoryBytes, DateTimeOffset StartedAt);

/// <summary>What a kubelet told at one time.</summary>
/// <param name="Node">The node's use; null when it was not told.</param>
/// <param name="Pods">That of pods' containers.</param>
internal sealed record NodeUsage(
    UsagePoint? Node, IReadOnlyDictionary<(string Namespace, string Pod), PodUsage> Pods)
{
    /// <summary>Nothing.</summary>
    public static NodeUsage None { get; } = new(null, new Dictionary<(string, string), PodUsage>());
}

/// <summary>The use of a pod's containers, by name.</summary>
internal sealed class PodUsage : SortedDictionary<string, UsagePoint>
{
    public PodUsage()
        : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>What is used, from one point to another.</summary>
/// <param name="At">The end.</param>
/// <param name="Window">From the beginning to the end.</param>
/// <param name="Cores">Processors on average.</param>
/// <param name="MemoryBytes">The working set at the end.</param>
internal readonly record struct UsageRate(DateTimeOffset At, TimeSpan Window, double Cores, double MemoryBytes)
{
    /// <summary>A container that runs so long has a rate though it was looked at only once.</summary>
    private static readonly TimeSpan FreshMin = TimeSpan.FromSeconds(10);

    /// <summary>The rate between two looks; null when they don't tell: it is too early, or the counter began anew.
    /// </summary>
    public static UsageRate? Between(UsagePoint? before, UsagePoint now, TimeSpan resolution)
    {
        bool hasStarted = now.StartedAt > DateTimeOffset.UnixEpoch;
        if (before is not { } start || (hasStarted && now.StartedAt > start.At))
        {
            TimeSpan age = now.At - now.StartedAt;
            if (!hasStarted || age < FreshMin || age >= resolution + FreshMin)
            {
                return null;
            }

            start = new UsagePoint(now.StartedAt, 0, 0, now.StartedAt);
        }

        TimeSpan window = now.At - start.At;
        return window <= TimeSpan.Zero || now.ProcessorSeconds < start.ProcessorSeconds
            ? null
            : new UsageRate(
                now.At, window, (now.ProcessorSeconds - start.ProcessorSeconds) / window.TotalSeconds, now.MemoryBytes);
    }
}
