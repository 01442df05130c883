using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Statuses;
using Keelson.Rpc;

namespace Keelson.Nodes.Eviction;

/// <summary>
/// Looks every ten seconds what the node is short of. Where thresholds are met, it removes what nobody needs and, when
/// that does not do, evicts one pod at a time (upstream's eviction manager).
/// </summary>
internal sealed class EvictionWatch(NodeContext context, EvictionDuties duties)
{
    private const long HardGraceSeconds = 1;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CleanUpPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CleanUpPause = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<EvictionThreshold> _thresholds = EvictionThresholds.Parse(duties.Config);
    private EvictionState _state = EvictionState.Initial;

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Period, context.Clock);
        do
        {
            try
            {
                while (await LookAsync(cancellationToken) is { } evicted)
                {
                    await CleanedUpAsync(evicted, cancellationToken);
                }
            }
            catch (Exception exception) when (exception is RpcException or IOException)
            {
                context.Log("eviction: " + exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Looks once; the result is the pod that was evicted, or null.</summary>
    public async Task<Pod?> LookAsync(CancellationToken cancellationToken)
    {
        await duties.Reclaim.LookAsync(cancellationToken);
        StatsSummary summary = await duties.Stats.SummaryAsync(onlyProcessorAndMemory: false, cancellationToken);
        IReadOnlyDictionary<string, EvictionObservation> observed = EvictionObservations.Of(summary.Node);
        _state = _state.Next(duties.Config, _thresholds, observed, context.Steady.Now);
        if (!duties.Pressures.Conditions.SequenceEqual(_state.Conditions))
        {
            duties.Pressures.Conditions = _state.Conditions;
            duties.PressureChanged();
        }

        Dictionary<string, PodStats> byUid = summary.Pods.ToDictionary(static one => one.Uid);
        List<Pod> active = [.. duties.Pods().Where(static one => one.Metadata.DeletionTimestamp is null)];
        if (duties.Config.HasLocalStorageLimits && HoldToLimits(active, byUid) is { } excessive)
        {
            return excessive;
        }

        if (_state.ToReclaim is not { } threshold)
        {
            return null;
        }

        duties.Events.Record(
            About(),
            "Warning",
            "EvictionThresholdMet",
            "Attempting to reclaim " + EvictionSignal.ResourceOf(threshold.Signal));
        if (await duties.Reclaim.TryAsync(threshold.Signal, cancellationToken)
            && await IsResolvedAsync(cancellationToken))
        {
            return null;
        }

        return EvictOne(threshold, active, byUid, observed);
    }

    private ObjectReference About() => new() { Kind = "Node", Name = context.NodeName, Uid = context.NodeName };

    private async Task<bool> IsResolvedAsync(CancellationToken cancellationToken)
    {
        StatsSummary now = await duties.Stats.SummaryAsync(onlyProcessorAndMemory: false, cancellationToken);
        return !EvictionState.MetOf(_thresholds, EvictionObservations.Of(now.Node), withReclaim: true).Any();
    }

    private Pod? EvictOne(
        EvictionThreshold threshold,
        List<Pod> active,
        Dictionary<string, PodStats> stats,
        IReadOnlyDictionary<string, EvictionObservation> observed)
    {
        IReadOnlyList<Pod> ranked = EvictionRanking.Rank(
            threshold.Signal, active, one => stats.GetValueOrDefault(one.Metadata.Uid), duties.Reclaim.HasImageDisk);
        foreach (Pod pod in ranked)
        {
            long grace = threshold.IsHard
                ? HardGraceSeconds
                : Math.Min(duties.Config.PodGraceSecondsMax, pod.Spec.TerminationGracePeriodSeconds ?? long.MaxValue);
            EvictionMessage message = EvictionMessage.Of(
                pod, stats.GetValueOrDefault(pod.Metadata.Uid), threshold, observed);
            if (Evict(pod, message, grace, "TerminationByKubelet"))
            {
                context.Metrics.Node.Evictions.Count(threshold.Signal);
                context.Metrics.Node.EvictionAge.Observe(TimeSpan.Zero, threshold.Signal);
                return pod;
            }
        }

        return null;
    }

    private Pod? HoldToLimits(List<Pod> active, Dictionary<string, PodStats> stats)
    {
        Pod? first = null;
        foreach (Pod pod in active)
        {
            if (stats.TryGetValue(pod.Metadata.Uid, out PodStats? used)
                && StorageLimits.Exceeded(pod, used, duties.Reclaim.HasImageDisk) is { } exceeded
                && Evict(pod, new(exceeded, default), HardGraceSeconds, ""))
            {
                first ??= pod;
            }
        }

        return first;
    }

    private bool Evict(Pod pod, EvictionMessage message, long grace, string disruption)
    {
        // What the node itself needs, or the cluster, stays.
        if (PodAmounts.IsCritical(pod))
        {
            return false;
        }

        duties.Events.Record(
            EventRecorder.ReferenceTo(pod), "Warning", "Evicted", message.Text, annotations: message.Annotations);
        duties.End(pod, new PodVerdict("Evicted", message.Text, disruption), grace);
        return true;
    }

    private async Task CleanedUpAsync(Pod pod, CancellationToken cancellationToken)
    {
        long since = context.Clock.GetTimestamp();
        while (!duties.IsCleanedUp(pod) && context.Clock.GetElapsedTime(since) < CleanUpPatience)
        {
            await Task.Delay(CleanUpPause, context.Clock, cancellationToken);
        }
    }
}

/// <summary>What the watch works with.</summary>
internal sealed record EvictionDuties
{
    /// <summary>The thresholds.</summary>
    public required EvictionConfig Config { get; init; }

    /// <summary>What is used.</summary>
    public required IKubeletStats Stats { get; init; }

    /// <summary>Where conditions are told.</summary>
    public required NodePressures Pressures { get; init; }

    /// <summary>The pods that may be evicted: those that are not over.</summary>
    public required Func<IEnumerable<Pod>> Pods { get; init; }

    /// <summary>Ends a pod within seconds.</summary>
    public required Action<Pod, PodVerdict, long> End { get; init; }

    /// <summary>True when nothing of a pod runs or lies on the node.</summary>
    public required Func<Pod, bool> IsCleanedUp { get; init; }

    /// <summary>Removes what nobody needs.</summary>
    public required INodeReclaim Reclaim { get; init; }

    /// <summary>Called when conditions changed.</summary>
    public required Action PressureChanged { get; init; }

    /// <summary>Events.</summary>
    public required EventRecorder Events { get; init; }
}
