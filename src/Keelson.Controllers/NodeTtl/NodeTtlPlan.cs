namespace Keelson.Controllers.NodeTtl;

/// <summary>How long kubelets may keep secrets and config maps before they ask again: the longer, the more nodes there
/// are.</summary>
internal static class NodeTtlPlan
{
    /// <summary>Each step's number of nodes, and its seconds. Steps overlap, so that a node more or less changes
    /// nothing.</summary>
    private static readonly (int Least, int Most, int Seconds)[] Steps =
        [(0, 100, 0), (90, 500, 15), (450, 1000, 30), (900, 2000, 60), (1800, int.MaxValue, 300)];

    /// <summary>The step for a number of nodes, coming from another step.</summary>
    public static int Step(int step, int nodes)
    {
        while (nodes > Steps[step].Most)
        {
            step++;
        }

        while (nodes < Steps[step].Least)
        {
            step--;
        }

        return step;
    }

    /// <summary>The seconds of a step.</summary>
    public static int Seconds(int step) => Steps[step].Seconds;
}
