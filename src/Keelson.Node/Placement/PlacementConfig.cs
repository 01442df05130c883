namespace Keelson.Nodes.Placement;

/// <summary>How containers get processors, memory and devices of their own. Names and defaults are the
/// kubelet's.</summary>
public sealed record PlacementConfig
{
    /// <summary>The CPU policy by which all containers share all processors.</summary>
    internal const string NoPolicy = "none";

    /// <summary><c>none</c> or <c>static</c> (<c>cpuManagerPolicy</c>).</summary>
    public string CpuPolicy { get; init; } = NoPolicy;

    /// <summary>Options of the static policy (<c>cpuManagerPolicyOptions</c>): <c>full-pcpus-only</c> and
    /// others.</summary>
    public IReadOnlyDictionary<string, string> CpuPolicyOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Processors that are given to no container alone (<c>reservedSystemCPUs</c>): <c>0-1,4</c>; empty for
    /// as many as are reserved.</summary>
    public string ReservedCpus { get; init; } = "";

    /// <summary><c>None</c> or <c>Static</c> (<c>memoryManagerPolicy</c>).</summary>
    public string MemoryPolicy { get; init; } = "None";

    /// <summary>Bytes that are given to no container, by NUMA node (<c>reservedMemory</c>).</summary>
    public IReadOnlyDictionary<int, long> ReservedMemory { get; init; } = new Dictionary<int, long>();

    /// <summary><c>none</c>, <c>best-effort</c>, <c>restricted</c> or <c>single-numa-node</c>
    /// (<c>topologyManagerPolicy</c>).</summary>
    public string TopologyPolicy { get; init; } = "none";

    /// <summary>Options of that policy (<c>topologyManagerPolicyOptions</c>): <c>prefer-closest-numa-nodes</c> and
    /// others.</summary>
    public IReadOnlyDictionary<string, string> TopologyPolicyOptions { get; init; } =
        new Dictionary<string, string>();

    /// <summary><c>container</c> or <c>pod</c> (<c>topologyManagerScope</c>).</summary>
    public string TopologyScope { get; init; } = "container";

    /// <summary>Null, or what is wrong.</summary>
    public string? FindError()
    {
        if (CpuPolicy is not ("none" or "static"))
        {
            return $"unknown policy: \"{CpuPolicy}\"";
        }

        if (CpuOptions.FindError(CpuPolicyOptions, TopologyPolicy) is { } wrong)
        {
            return wrong;
        }

        if (MemoryPolicy is not ("None" or "Static"))
        {
            return $"unknown policy: \"{MemoryPolicy}\"";
        }

        if (TopologyPolicy is not ("none" or "best-effort" or "restricted" or "single-numa-node"))
        {
            return $"unknown policy: \"{TopologyPolicy}\"";
        }

        if (TopologyPolicy != "none" && TopologyOptions.Of(TopologyPolicyOptions).Error is { } mistaken)
        {
            return mistaken;
        }

        return TopologyScope is "container" or "pod" ? null : $"unknown scope: \"{TopologyScope}\"";
    }
}
