using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// Ranks feasible nodes by the plugins' weighted scores and picks the best, any one of several that are equally good.
/// </summary>
internal sealed class NodeRanking(Random random)
{
    private long[] _scores = [];
    private long[] _totals = [];

    /// <summary>
    /// Adds up the scores of all plugins; null when that worked. <paramref name="totals"/> are valid until the next
    /// call.
    /// </summary>
    public PluginStatus? Rank(
        Profile profile, CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, out Span<long> totals)
    {
        if (_scores.Length < nodes.Length)
        {
            _scores = new long[nodes.Length];
            _totals = new long[nodes.Length];
        }

        totals = _totals.AsSpan(0, nodes.Length);
        totals.Clear();
        if (PreScore(profile, state, pod, nodes) is { } failed)
        {
            return failed;
        }

        Span<long> scores = _scores.AsSpan(0, nodes.Length);
        (IScorePlugin Plugin, int Weight)[] plugins = profile.Plugins.Score;
        for (int i = 0; i < plugins.Length; i++)
        {
            if ((state.SkippedScores & (1UL << i)) != 0)
            {
                continue;
            }

            (IScorePlugin plugin, int weight) = plugins[i];
            PluginStatus? status = plugin.Score(state, pod, nodes, scores);
            if (status is null && plugin is INormalizeScorePlugin normalizing)
            {
                status = normalizing.Normalize(state, pod, nodes, scores);
            }

            if (status is not null)
            {
                return status;
            }

            for (int node = 0; node < scores.Length; node++)
            {
                if (scores[node] is < 0 or > Scores.Max)
                {
                    return PluginStatus.Error(
                        plugin.Name,
                        $"plugin \"{plugin.Name}\" returns an invalid score {scores[node]}, "
                        + "it should in the range of [0, 100] after normalizing");
                }

                totals[node] += scores[node] * weight;
            }
        }

        return null;
    }

    /// <summary>The index of the highest total; each of several with the same chance.</summary>
    public int Pick(ReadOnlySpan<long> totals)
    {
        int picked = 0;
        int equal = 1;
        for (int i = 1; i < totals.Length; i++)
        {
            if (totals[i] > totals[picked])
            {
                picked = i;
                equal = 1;
            }
            else if (totals[i] == totals[picked] && random.Next(++equal) == 0)
            {
                // The k-th of equals takes over with a chance of 1/k, which gives each of them the same one in the end.
                picked = i;
            }
        }

        return picked;
    }

    private static PluginStatus? PreScore(Profile profile, CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        foreach (IPreScorePlugin plugin in profile.Plugins.PreScore)
        {
            PluginStatus? status = plugin.PreScore(state, pod, nodes);
            if (status is { Code: StatusCode.Skip })
            {
                int at = Array.FindIndex(profile.Plugins.Score, one => ReferenceEquals(one.Plugin, plugin));
                state.SkippedScores |= at >= 0 ? 1UL << at : 0;
            }
            else if (status is not null)
            {
                return status;
            }
        }

        return null;
    }
}
