using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeResourcesBalancedAllocation;

/// <summary>Prefers nodes on which resources would be used to the same degree.</summary>
internal sealed class NodeResourcesBalancedAllocationPlugin(NodeResourcesBalancedAllocationArgs args) :
    IPreScorePlugin, IScorePlugin
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeResourcesBalancedAllocation";

    private readonly string[] _resources = [.. args.Resources.Select(static one => one.Name)];

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        foreach (string resource in _resources)
        {
            if (pod.Requests.Get(resource) > 0)
            {
                return null;
            }
        }

        // A pod that asks for nothing changes no balance.
        return PluginStatus.Skip;
    }

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        Span<double> fractions = stackalloc double[_resources.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            int count = 0;
            foreach (string resource in _resources)
            {
                long asked = pod.Requests.Get(resource);
                long all = nodes[i].Allocatable.Get(resource);
                if (all == 0 || (asked == 0 && IsRare(resource)))
                {
                    continue;
                }

                fractions[count++] = Math.Min(1, (double)(nodes[i].Requested.Get(resource) + asked) / all);
            }

            scores[i] = (long)((1 - Deviation(fractions[..count])) * Scores.Max);
        }

        return null;
    }

    private static bool IsRare(string resource) => resource is not ("cpu" or "memory" or "ephemeral-storage");

    private static double Deviation(ReadOnlySpan<double> fractions)
    {
        switch (fractions.Length)
        {
            case 0 or 1:
                return 0;
            case 2:
                return Math.Abs((fractions[0] - fractions[1]) / 2);
            default:
                double mean = 0;
                foreach (double one in fractions)
                {
                    mean += one / fractions.Length;
                }

                double squares = 0;
                foreach (double one in fractions)
                {
                    squares += (one - mean) * (one - mean);
                }

                return Math.Sqrt(squares / fractions.Length);
        }
    }
}
