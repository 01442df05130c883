using Keelson.Simulation;

namespace Keelson.Cluster.Simulator;

/// <summary>What kind of run a seed is.</summary>
internal sealed record SimulationPlan(int Seed)
{
    /// <summary>How many nodes there are.</summary>
    public const int NodeCount = 5;

    /// <summary>True when nodes and containers do not fail, and nobody but the controllers takes pods away, so that
    /// promises about rollouts hold strictly.</summary>
    public bool IsCalm => Seed % 3 != 0;

    /// <summary>True when answers may be lost, after which something may be there twice for a moment.</summary>
    public bool LosesAnswers => Seed % 4 == 3;

    /// <summary>What goes wrong between the roles and the server.</summary>
    public Faults FaultsOf(Random random)
    {
        double strength = (Seed % 5) / 2.0;
        return new()
        {
            Random = random,
            Refused = 0.02 * strength,
            Conflicts = 0.03 * strength,
            LostAnswers = LosesAnswers ? 0.01 : 0,
            Slow = 0.02 * strength,
            LateWatches = 0.02 * strength,
            LostWatches = 0.01 * strength,
        };
    }

    /// <summary>The nodes.</summary>
    public SimulatedNodesConfig NodesOf(TimeProvider clock, Random random, Action<string> log) => new()
    {
        Count = NodeCount,
        Shapes = [new SimulatedNodeShape { Cpu = "4", Pods = 40, Zones = ["a", "b"] }],
        PullDelay = TimeSpan.FromMilliseconds(Seed % 7 * 300),
        StartDelay = TimeSpan.FromMilliseconds(Seed % 6 * 400),
        StopDelay = TimeSpan.FromMilliseconds(Seed % 5 * 700),
        FailureRate = IsCalm ? 0 : 0.02,
        Clock = clock,
        Random = random,
        Log = log,
    };
}
