using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Nodes;

/// <summary>What a node has, and what of it pods may have.</summary>
internal static class NodeResources
{
    /// <summary>What the machine has.</summary>
    public static ApiMap<Quantity> Capacity(MachineFacts machine, NodeAgentConfig config)
    {
        DriveInfo drive = new(config.RootDirectory);
        List<KeyValuePair<string, Quantity>> amounts =
        [
            new("cpu", Quantity.FromValue(machine.Processors)),
            new("memory", Quantity.FromValue(machine.MemoryBytes / 1024 * 1024, QuantityFormat.BinarySI)),
            new("ephemeral-storage", Quantity.FromValue(drive.TotalSize / 1024 * 1024, QuantityFormat.BinarySI)),
            new("pods", Quantity.FromValue(config.PodsPerProcessor > 0
                ? Math.Min(config.PodsPerProcessor * machine.Processors, config.MaxPods)
                : config.MaxPods)),
        ];
        foreach ((long size, long bytes) in machine.HugePages)
        {
            string name = Quantity.FromValue(size, QuantityFormat.BinarySI).ToString();
            amounts.Add(new("hugepages-" + name, Quantity.FromValue(bytes, QuantityFormat.BinarySI)));
        }

        return ApiMap<Quantity>.From(amounts);
    }

    /// <summary>What all pods together are bound to: what they may have, or the machine if nobody is to see to it.
    /// </summary>
    public static PodsBounds GroupBounds(MachineFacts machine, NodeAgentConfig config) =>
        config.EnforceNodeAllocatable.Contains("pods")
            ? PodsBounds(machine, config)
            : new(machine.Processors * 1000, machine.MemoryBytes);

    /// <summary>What all pods together may have: everything but what is reserved.</summary>
    public static PodsBounds PodsBounds(MachineFacts machine, NodeAgentConfig config)
    {
        long Reserved(string name, Func<Quantity, long> of) =>
            of(config.SystemReserved.GetValueOrDefault(name)) + of(config.KubeReserved.GetValueOrDefault(name));
        return new(
            (machine.Processors * 1000) - Reserved("cpu", static one => one.MilliValue),
            machine.MemoryBytes - Reserved("memory", static one => one.Value));
    }

    /// <summary>What is left for pods: reserved amounts and the hard eviction thresholds are not.</summary>
    public static ApiMap<Quantity> Allocatable(ApiMap<Quantity> capacity, NodeAgentConfig config)
    {
        IReadOnlyList<EvictionThreshold> thresholds = EvictionThresholds.Parse(config.Eviction);
        List<KeyValuePair<string, Quantity>> amounts = [];
        foreach (KeyValuePair<string, Quantity> one in capacity)
        {
            Quantity left = one.Value;
            foreach (IReadOnlyDictionary<string,
                Quantity> reserved in (ReadOnlySpan<IReadOnlyDictionary<string, Quantity>>)
                [config.SystemReserved, config.KubeReserved])
            {
                left = reserved.TryGetValue(one.Key, out Quantity amount) ? left - amount : left;
            }

            // Below the hard thresholds pods would be evicted.
            left = one.Key switch
            {
                "memory" => left - EvictionThresholds.Reserved(thresholds, EvictionSignal.Memory, one.Value),
                "ephemeral-storage" => Quantity.FromValue(
                    left.Value - EvictionThresholds.Reserved(thresholds, EvictionSignal.NodeDisk, one.Value).Value),
                _ => left,
            };
            amounts.Add(new(one.Key, left.Sign < 0 ? Quantity.FromValue(0) : left));
        }

        // Huge pages are memory that nobody else can have.
        ApiMap<Quantity> allocatable = ApiMap<Quantity>.From(amounts);
        foreach (KeyValuePair<string, Quantity> one in capacity)
        {
            if (one.Key.StartsWith("hugepages-", StringComparison.Ordinal) && !one.Value.IsZero)
            {
                allocatable = allocatable.With("memory", allocatable["memory"] - one.Value);
            }
        }

        return allocatable;
    }
}
