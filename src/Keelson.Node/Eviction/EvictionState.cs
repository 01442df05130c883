using Keelson.Machinery.Values;

namespace Keelson.Nodes.Eviction;

/// <summary>What is remembered from one look at the node to the next.</summary>
internal sealed record EvictionState
{
    /// <summary>Nothing was seen.</summary>
    public static EvictionState Initial { get; } = new();

    /// <summary>The thresholds that are met, their grace over.</summary>
    public IReadOnlyList<EvictionThreshold> Met { get; init; } = [];

    /// <summary>Since when thresholds are met.</summary>
    public IReadOnlyDictionary<EvictionThreshold, DateTimeOffset> Since { get; init; } =
        new Dictionary<EvictionThreshold, DateTimeOffset>();

    /// <summary>When there last was a cause for a condition.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> ConditionSeen { get; init; } =
        new Dictionary<string, DateTimeOffset>();

    /// <summary>The node's conditions.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>The state after a look at the node. Pure.</summary>
    public EvictionState Next(
        EvictionConfig config,
        IReadOnlyList<EvictionThreshold> thresholds,
        IReadOnlyDictionary<string, EvictionObservation> observed,
        DateTimeOffset now)
    {
        // What was met stays met until its minimum is got back.
        List<EvictionThreshold> met = [.. MetOf(thresholds, observed, withReclaim: false)];
        met.AddRange(MetOf(Met, observed, withReclaim: true).Where(one => !met.Contains(one)));
        Dictionary<EvictionThreshold, DateTimeOffset> since = met.ToDictionary(
            static one => one, one => Since.TryGetValue(one, out DateTimeOffset at) ? at : now);
        Dictionary<string, DateTimeOffset> seen = new(ConditionSeen, StringComparer.Ordinal);
        foreach (EvictionThreshold one in met)
        {
            seen[EvictionSignal.ConditionOf(one.Signal)] = now;
        }

        foreach (string old in seen.Keys.Where(one => now - seen[one] >= config.PressureTransitionPeriod
            && !met.Exists(it => EvictionSignal.ConditionOf(it.Signal) == one)).ToArray())
        {
            seen.Remove(old);
        }

        return new()
        {
            Met = [.. met.Where(one => now - since[one] >= one.Grace)],
            Since = since,
            ConditionSeen = seen,
            Conditions =
            [
                .. ((IEnumerable<string>)["MemoryPressure", "DiskPressure", "PIDPressure"]).Where(seen.ContainsKey),
            ],
        };
    }

    /// <summary>The threshold to act on: memory comes first. Null when none is met.</summary>
    public EvictionThreshold? ToReclaim =>
        Met.FirstOrDefault(static one => EvictionSignal.ResourceOf(one.Signal) == "memory") ?? Met.FirstOrDefault();

    /// <summary>The thresholds that are met.</summary>
    public static IEnumerable<EvictionThreshold> MetOf(
        IReadOnlyList<EvictionThreshold> thresholds,
        IReadOnlyDictionary<string, EvictionObservation> observed,
        bool withReclaim)
    {
        foreach (EvictionThreshold one in thresholds)
        {
            if (observed.TryGetValue(one.Signal, out EvictionObservation found))
            {
                Quantity wanted = one.Value.Of(found.Capacity);
                if (withReclaim && one.MinimumReclaim is { } reclaim)
                {
                    wanted += reclaim.Of(found.Capacity);
                }

                if (wanted > found.Available)
                {
                    yield return one;
                }
            }
        }
    }
}
