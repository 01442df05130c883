using Keelson.Api.Core.V1;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;

namespace Keelson.Simulation.Kubelet;

/// <summary>
/// What pods use at a time: what the first curve says that is about them, else a part of what they request. A pod's use
/// is that of its containers together, which share it by their requests.
/// </summary>
internal sealed class UsageCurves(SimulatedNodesConfig config, IInformer<Pod> pods)
{
    private const double UsualCores = 0.005;
    private const double UsualBytes = 32 * 1024 * 1024;
    private const double PartOfRequest = 0.3;
    private static readonly TimeSpan CountLifetime = TimeSpan.FromSeconds(1);

    private readonly DateTimeOffset _start = config.Clock.GetUtcNow();
    private readonly Dictionary<SimulatedUsage, (DateTimeOffset At, int Count)> _counts = [];
    private readonly Lock _gate = new();

    /// <summary>The cores and bytes that a pod uses.</summary>
    public (double Cores, double Bytes) Of(Pod pod, DateTimeOffset now)
    {
        foreach (SimulatedUsage one in config.Usage)
        {
            if (Concerns(one, pod))
            {
                (double cores, double bytes) = At(one, now - _start);
                return (one.Shared ? cores / Math.Max(1, CountOf(one, now)) : cores, bytes);
            }
        }

        double requestedCores = Requested(pod, "cpu");
        double requestedBytes = Requested(pod, "memory");

        // A slow wave, another one for each pod.
        int seed = pod.Metadata.Uid.Aggregate(17, static (sum, one) => unchecked((sum * 31) + one));
        double phase = Math.Abs((double)seed % 360);
        double wave = 1 + (0.2 * Math.Sin(((now - _start).TotalSeconds / 120) + phase));
        return ((requestedCores > 0 ? requestedCores * PartOfRequest : UsualCores) * wave,
            requestedBytes > 0 ? requestedBytes * PartOfRequest * 2 : UsualBytes);
    }

    /// <summary>The point of a curve at a time since the beginning.</summary>
    internal static (double Cores, double Bytes) At(SimulatedUsage usage, TimeSpan time)
    {
        if (usage.Points.Count == 0)
        {
            return (0, 0);
        }

        if (usage.Period is { } period && period > TimeSpan.Zero)
        {
            time = TimeSpan.FromTicks(time.Ticks % period.Ticks);
        }

        SimulatedUsagePoint before = usage.Points[0];
        foreach (SimulatedUsagePoint after in usage.Points)
        {
            if (after.At > time)
            {
                double part = after.At > before.At ? (time - before.At) / (after.At - before.At) : 0;
                part = Math.Clamp(part, 0, 1);
                return (before.Cpu + ((after.Cpu - before.Cpu) * part),
                    before.MemoryBytes + ((after.MemoryBytes - before.MemoryBytes) * part));
            }

            before = after;
        }

        return (before.Cpu, before.MemoryBytes);
    }

    private static bool Concerns(SimulatedUsage usage, Pod pod) =>
        (usage.Namespace.Length == 0 || usage.Namespace == pod.Metadata.Namespace)
        && usage.Labels.All(one => pod.Metadata.Labels.TryGetValue(one.Key, out string? value) && value == one.Value);

    private int CountOf(SimulatedUsage usage, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_counts.TryGetValue(usage, out var counted) || now - counted.At >= CountLifetime)
            {
                int running = pods.List().Count(pod => pod.Status.Phase == PodPhase.Running
                    && pod.Metadata.DeletionTimestamp is null && Concerns(usage, pod));
                counted = (now, running);
                _counts[usage] = counted;
            }

            return counted.Count;
        }
    }

    private static double Requested(Pod pod, string resource) => pod.Spec.Containers.Sum(one =>
        one.Resources.Requests.TryGetValue(resource, out Quantity amount) ? amount.MilliValue / 1000.0 : 0);
}
