using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

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
            new("pods", Quantity.FromValue(config.MaxPods)),
        ];
        foreach ((long size, long bytes) in machine.HugePages)
        {
            string name = Quantity.FromValue(size, QuantityFormat.BinarySI).ToString();
            amounts.Add(new("hugepages-" + name, Quantity.FromValue(bytes, QuantityFormat.BinarySI)));
        }

        return ApiMap<Quantity>.From(amounts);
    }

    /// <summary>What is left for pods: reserved amounts and the hard eviction thresholds are not.</summary>
    public static ApiMap<Quantity> Allocatable(ApiMap<Quantity> capacity, NodeAgentConfig config)
    {
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

            // Upstream's hard thresholds: memory.available below 100Mi, nodefs.available below 10%.
            left = one.Key switch
            {
                "memory" => left - Quantity.FromValue(config.EvictionMemoryBytes, QuantityFormat.BinarySI),
                "ephemeral-storage" => Quantity.FromValue(
                    left.Value - (long)(one.Value.Value * config.EvictionDiskFraction), QuantityFormat.DecimalSI),
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
