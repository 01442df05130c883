namespace Keelson.Simulation;

/// <summary>What pods with certain labels use over time: a curve between points.</summary>
public sealed record SimulatedUsage
{
    /// <summary>The namespace of the pods; empty for any.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The labels that the pods have.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether the processors are those of all the pods together, each of which gets an equal part of the load; or of
    /// every pod.
    /// </summary>
    public bool Shared { get; init; }

    /// <summary>After how long the curve begins anew; null for never: the last point holds.</summary>
    public TimeSpan? Period { get; init; }

    /// <summary>The points, by time. Between them the use changes evenly.</summary>
    public IReadOnlyList<SimulatedUsagePoint> Points { get; init; } = [];
}

/// <summary>Use at a time.</summary>
/// <param name="At">The time since the simulation began.</param>
/// <param name="Cpu">Processors, in cores.</param>
/// <param name="MemoryBytes">Memory of each pod.</param>
public sealed record SimulatedUsagePoint(TimeSpan At, double Cpu, double MemoryBytes);
