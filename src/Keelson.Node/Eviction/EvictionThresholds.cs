using Keelson.Machinery.Values;

namespace Keelson.Nodes.Eviction;

/// <summary>Reads thresholds as configurations have them (upstream's ParseThresholdConfig).</summary>
internal static class EvictionThresholds
{
    /// <summary>The thresholds.</summary>
    /// <exception cref="FormatException">A value is not right; the message says which.</exception>
    public static IReadOnlyList<EvictionThreshold> Parse(EvictionConfig config)
    {
        List<EvictionThreshold> thresholds = [];
        foreach ((string signal, string text) in config.Hard)
        {
            if (ParseOne(signal, text) is { } amount)
            {
                thresholds.Add(new(signal, amount));
            }
        }

        foreach ((string signal, string text) in config.Soft)
        {
            if (ParseOne(signal, text) is { } amount)
            {
                thresholds.Add(new(signal, amount, GraceOf(config, signal)));
            }
        }

        foreach ((string signal, string text) in config.MinimumReclaim)
        {
            EvictionAmount reclaim = ReclaimOf(signal, text);
            for (int i = 0; i < thresholds.Count; i++)
            {
                thresholds[i] = thresholds[i].Signal == signal
                    ? thresholds[i] with { MinimumReclaim = reclaim }
                    : thresholds[i];
            }
        }

        // What holds for the machine's memory holds for that of all pods.
        EvictionThreshold[] memory =
            [.. thresholds.Where(static one => one is { Signal: EvictionSignal.Memory, IsHard: true })];
        thresholds.AddRange(memory.Select(static one => one with { Signal = EvictionSignal.AllocatableMemory }));
        return thresholds;
    }

    /// <summary>What hard thresholds keep from pods of a capacity.</summary>
    public static Quantity Reserved(IReadOnlyList<EvictionThreshold> thresholds, string signal, Quantity capacity)
    {
        foreach (EvictionThreshold one in thresholds)
        {
            if (one.Signal == signal && one.IsHard)
            {
                return one.Value.Of(capacity);
            }
        }

        return default;
    }

    private static void Check(string signal)
    {
        if (!EvictionSignal.All.Contains(signal))
        {
            throw new FormatException($"unsupported eviction signal {signal}");
        }
    }

    /// <summary>A threshold's value; null for one that is not to be looked at.</summary>
    private static EvictionAmount? ParseOne(string signal, string text)
    {
        Check(signal);
        if (text is "0%" or "100%")
        {
            return null;
        }

        EvictionAmount amount = EvictionAmount.TryParse(text)
            ?? throw new FormatException($"eviction threshold {signal}: {Quantity.FormatError}");
        return (amount.Amount, amount.Share) switch
        {
            (null, < 0) => throw new FormatException($"eviction percentage threshold {signal} must be >= 0%: {text}"),
            (null, > 1) => throw new FormatException(
                $"eviction percentage threshold {signal} must be <= 100%: {text}"),
            ({ Sign: <= 0 } wrong, _) => throw new FormatException(
                $"eviction threshold {signal} must be positive: {wrong}"),
            _ => amount,
        };
    }

    private static TimeSpan GraceOf(EvictionConfig config, string signal)
    {
        if (!config.SoftGracePeriods.TryGetValue(signal, out string? text))
        {
            throw new FormatException($"grace period must be specified for the soft eviction threshold {signal}");
        }

        if (!GoDuration.TryParse(text, out TimeSpan grace, out string? error))
        {
            throw new FormatException(error);
        }

        return grace >= TimeSpan.Zero
            ? grace
            : throw new FormatException($"invalid eviction grace period specified: {text}, must be a positive value");
    }

    private static EvictionAmount ReclaimOf(string signal, string text)
    {
        Check(signal);
        EvictionAmount amount = EvictionAmount.TryParse(text)
            ?? throw new FormatException($"eviction minimum reclaim {signal}: {Quantity.FormatError}");
        return amount is { Amount.Sign: < 0 } or { Amount: null, Share: <= 0 }
            ? throw new FormatException($"negative eviction minimum reclaim specified for {signal}")
            : amount;
    }
}
