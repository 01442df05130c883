using System.Collections.Concurrent;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>
/// Works out present use from sums: what was added since the sample before. Samples that lie too close together would
/// give figures of chance, so the one before stays in use until it is old enough.
/// </summary>
internal sealed class UsageRates
{
    private static readonly TimeSpan Closest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>Use of processors with the present rate worked out, where the source has none.</summary>
    public ProcessorStats Of(string key, DateTimeOffset at, ulong? total, ulong? rate = null)
    {
        if (total is not { } sum)
        {
            return new(at, rate, null);
        }

        Sample sample = _samples.AddOrUpdate(
            key, _ => new(at, sum, null), (_, before) => Next(before, at, sum));
        return new(at, rate ?? sample.Rate, sum);
    }

    /// <summary>Forgets what was not seen for long.</summary>
    public void Trim(DateTimeOffset now)
    {
        foreach ((string key, Sample sample) in _samples)
        {
            if (now - sample.At > Forgotten)
            {
                _samples.TryRemove(key, out _);
            }
        }
    }

    private static Sample Next(Sample before, DateTimeOffset at, ulong sum)
    {
        TimeSpan passed = at - before.At;
        if (passed < TimeSpan.Zero)
        {
            // The clock was set back: how long it really was, nobody knows.
            return new(at, sum, before.Rate);
        }

        if (passed < Closest)
        {
            return before;
        }

        // A sum that fell belongs to a container that was started anew.
        ulong? rate = sum < before.Sum ? null : (ulong)((sum - before.Sum) / passed.TotalSeconds);
        return new(at, sum, rate);
    }

    private sealed record Sample(DateTimeOffset At, ulong Sum, ulong? Rate);
}
