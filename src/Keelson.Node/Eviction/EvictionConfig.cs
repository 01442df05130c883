namespace Keelson.Nodes.Eviction;

/// <summary>When pods have to go because the node runs short. Names and defaults are the kubelet's.</summary>
public sealed record EvictionConfig
{
    /// <summary>Upstream's hard thresholds.</summary>
    public static IReadOnlyDictionary<string, string> DefaultHard { get; } = new Dictionary<string, string>
    {
        ["memory.available"] = "100Mi",
        ["nodefs.available"] = "10%",
        ["nodefs.inodesFree"] = "5%",
        ["imagefs.available"] = "15%",
        ["imagefs.inodesFree"] = "5%",
    };

    /// <summary>Signals with the amounts or percentages below which pods go at once (<c>evictionHard</c>).</summary>
    public IReadOnlyDictionary<string, string> Hard { get; init; } = DefaultHard;

    /// <summary>Those below which pods go after a while (<c>evictionSoft</c>).</summary>
    public IReadOnlyDictionary<string, string> Soft { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a soft threshold must be met (<c>evictionSoftGracePeriod</c>).</summary>
    public IReadOnlyDictionary<string, string> SoftGracePeriods { get; init; } = new Dictionary<string, string>();

    /// <summary>How much more than the threshold is got back (<c>evictionMinimumReclaim</c>).</summary>
    public IReadOnlyDictionary<string, string> MinimumReclaim { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a condition stays after its cause (<c>evictionPressureTransitionPeriod</c>).</summary>
    public TimeSpan PressureTransitionPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest grace of pods that soft thresholds evict
    /// (<c>evictionMaxPodGracePeriod</c>).</summary>
    public int PodGraceSecondsMax { get; init; }

    /// <summary>Null, or what is wrong with the thresholds.</summary>
    public string? FindError()
    {
        try
        {
            EvictionThresholds.Parse(this);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Whether containers and volumes are held to limits of local storage
    /// (<c>localStorageCapacityIsolation</c>).</summary>
    public bool HasLocalStorageLimits { get; init; } = true;
}
