namespace Keelson.Simulation;

/// <summary>What simulated nodes there are and how they behave (<c>--simulated-node-config</c>).</summary>
public sealed record SimulatedNodesConfig
{
    /// <summary>The shapes; nodes are dealt out to them in turn, by weight.</summary>
    public IReadOnlyList<SimulatedNodeShape> Shapes { get; init; } = [new()];

    /// <summary>How many nodes (<c>--simulated-nodes</c>).</summary>
    public int Count { get; init; }

    /// <summary>What the names of nodes begin with; a number follows.</summary>
    public string NamePrefix { get; init; } = "node-";

    /// <summary>Time to pull an image that the node does not have yet.</summary>
    public TimeSpan PullDelay { get; init; }

    /// <summary>Time from creation of a container until it runs.</summary>
    public TimeSpan StartDelay { get; init; }

    /// <summary>Time that a container takes to end when it is asked to, at most its grace period.</summary>
    public TimeSpan StopDelay { get; init; }

    /// <summary>The share of containers that fail right after their start, 0 to 1.</summary>
    public double FailureRate { get; init; }

    /// <summary>How long a command runs that the simulation does not know, in pods that are meant to end.</summary>
    public TimeSpan UnknownCommandTakes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a node renews its lease (upstream: a quarter of the lease's 40 seconds).</summary>
    public TimeSpan LeaseRenewal { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a node reports its status though nothing has changed (upstream: 5 minutes).</summary>
    public TimeSpan StatusReport { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether pods' events (Pulling, Started …) are written.</summary>
    public bool Events { get; init; } = true;

    /// <summary>What pods use; the first that is about a pod counts.</summary>
    public IReadOnlyList<SimulatedUsage> Usage { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where the simulation says what went wrong.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>A kind of simulated node.</summary>
public sealed record SimulatedNodeShape
{
    /// <summary>How many nodes of this shape there are for each one of weight 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>CPUs, a quantity.</summary>
    public string Cpu { get; init; } = "32";

    /// <summary>Memory, a quantity.</summary>
    public string Memory { get; init; } = "256Gi";

    /// <summary>Ephemeral storage, a quantity.</summary>
    public string EphemeralStorage { get; init; } = "500Gi";

    /// <summary>Pods.</summary>
    public int Pods { get; init; } = 110;

    /// <summary>Extended resources, such as <c>example.com/gpu</c>.</summary>
    public IReadOnlyDictionary<string, string> Extended { get; init; } = new Dictionary<string, string>();

    /// <summary>Zones; nodes are dealt out to them in turn.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>Labels beside the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
