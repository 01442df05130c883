using Keelson.Api.Core.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeResourcesFit;

/// <summary>A score from how much of each resource would be in use with the pod on the node.</summary>
internal sealed class ResourceScore
{
    private readonly ResourceSpec[] _resources;
    private readonly ScoringStrategyType _strategy;
    private readonly ScoreCurve? _curve;

    private ResourceScore(NodeResourcesFitArgs args)
    {
        _resources = [.. args.Resources];
        _strategy = args.Strategy;
        _curve = args.Strategy == ScoringStrategyType.RequestedToCapacityRatio ? new(args.Shape) : null;
    }

    /// <summary>The score that the arguments describe.</summary>
    public static ResourceScore For(NodeResourcesFitArgs args) => new(args);

    /// <summary>The score of a node.</summary>
    public long Of(PodInfo pod, NodeInfo node)
    {
        long sum = 0;
        long weights = 0;
        foreach (ResourceSpec resource in _resources)
        {
            (long used, long all) = Use(resource.Name, pod, node);
            if (all == 0)
            {
                continue;
            }

            long score = _strategy switch
            {
                ScoringStrategyType.LeastAllocated => used > all ? 0 : (all - used) * Scores.Max / all,
                ScoringStrategyType.MostAllocated => Math.Min(used, all) * Scores.Max / all,
                _ => _curve!.At(used > all ? 100 : used * 100 / all),
            };

            // Upstream leaves resources out of the ratio's average that score nothing.
            if (_curve is null || score > 0)
            {
                sum += score * resource.Weight;
                weights += resource.Weight;
            }
        }

        if (weights == 0)
        {
            return 0;
        }

        return _curve is null ? sum / weights : (long)Math.Round((double)sum / weights, MidpointRounding.AwayFromZero);
    }

    private static (long Used, long All) Use(string resource, PodInfo pod, NodeInfo node)
    {
        switch (resource)
        {
            case ResourceName.Cpu:
                return (node.NonZeroMilliCpu + pod.NonZeroMilliCpu, node.Allocatable.MilliCpu);
            case ResourceName.Memory:
                return (node.NonZeroMemory + pod.NonZeroMemory, node.Allocatable.Memory);
            case ResourceName.EphemeralStorage:
                return (node.Requested.EphemeralStorage + pod.Requests.EphemeralStorage,
                    node.Allocatable.EphemeralStorage);
            default:
                long asked = pod.Requests.Get(resource);

                // Nodes with something rare are not scored by it for pods that don't want it.
                return asked == 0 ? (0, 0) : (node.Requested.Get(resource) + asked, node.Allocatable.Get(resource));
        }
    }
}

/// <summary>A curve through points, constant before the first and after the last.</summary>
internal sealed class ScoreCurve(IReadOnlyList<UtilizationShapePoint> points)
{
    /// <summary>Points have scores from 0 to 10.</summary>
    private const long Stretch = Scores.Max / 10;

    /// <summary>The score at a utilization in percent.</summary>
    public long At(long utilization)
    {
        for (int i = 0; i < points.Count; i++)
        {
            if (utilization <= points[i].Utilization)
            {
                if (i == 0)
                {
                    return points[0].Score * Stretch;
                }

                UtilizationShapePoint from = points[i - 1];
                UtilizationShapePoint to = points[i];
                long rise = (to.Score - from.Score) * Stretch;
                return (from.Score * Stretch)
                    + (rise * (utilization - from.Utilization) / (to.Utilization - from.Utilization));
            }
        }

        return points[^1].Score * Stretch;
    }
}
