using System.Globalization;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Plugins;

namespace Keelson.Nodes.Placement;

/// <summary>All that a node gives to containers for themselves.</summary>
/// <param name="Placements">Gives it.</param>
/// <param name="Plugins">Device plugins.</param>
/// <param name="Cpus">Processors; null when no container has any of its own.</param>
/// <param name="Memory">Memory; null when no container has any of its own.</param>
internal sealed record NodePlacements(
    Placements Placements, DevicePlugins Plugins, StaticCpus? Cpus, StaticMemory? Memory)
{
    /// <summary>Drivers of dynamic resources.</summary>
    public required DraDrivers Drivers { get; init; }

    /// <summary>Claims of dynamic resources.</summary>
    public required DynamicResources Dynamic { get; init; }

    /// <summary>The types of plugins that these are.</summary>
    public IReadOnlyList<IPluginType> Types => [Plugins, Drivers];

    private const string CpuFile = "cpu_manager_state";
    private const string MemoryFile = "memory_manager_state";

    /// <summary>Sets it up as a node is configured.</summary>
    /// <exception cref="NodeAgentException">The configuration does not fit the machine.</exception>
    public static NodePlacements Of(NodeContext context, NodeAgentConfig config, MachineFacts machine)
    {
        if (config.Placement.FindError() is { } error)
        {
            throw new NodeAgentException(error);
        }

        CpuTopology topology = CpuTopology.Read();
        DevicePlugins plugins = new(context);
        StaticCpus? cpus = config.Placement.CpuPolicy == "static" ? CpusOf(context, config, topology) : null;
        StaticMemory? memory =
            config.Placement.MemoryPolicy == "Static" ? MemoryOf(context, config, machine, topology) : null;
        List<IPlacementProvider> providers = [];
        if (cpus is not null)
        {
            context.Metrics.Own.BeforeWrite(cpus.Show);
            providers.Add(cpus);
        }

        if (memory is not null)
        {
            providers.Add(memory);
        }

        NumaNodes nodes = NodesOf(config.Placement, topology);
        providers.Add(new DeviceGrants(plugins, nodes));
        DraDrivers drivers = new(
            context.Clock,
            context.Log,
            new DeviceHealthFile(Path.Combine(context.RootDirectory, "dra_health_state"), context.Log))
        {
            Metrics = context.Metrics.Dra,
        };
        DynamicResources dynamic = new(context, drivers);
        Placements placements = new(config.Placement, nodes, providers)
        {
            Claims = dynamic,
            Devices = plugins.Inventory,
            PluginsCanRegister = () => plugins.IsListening,
            Metrics = context.Metrics.Placement,
            Clock = context.Clock,
        };
        return new(placements, plugins, cpus, memory) { Drivers = drivers, Dynamic = dynamic };
    }

    /// <summary>Machines with many nodes are refused, as there are too many sets of nodes to go through.</summary>
    private static NumaNodes NodesOf(PlacementConfig config, CpuTopology topology)
    {
        int most = TopologyOptions.Of(config.TopologyPolicyOptions).Options.NodesMost;
        return config.TopologyPolicy == "none" || topology.NumaNodes.Count <= most
            ? NumaNodes.Read(topology.NumaNodes)
            : throw new NodeAgentException(string.Create(
                CultureInfo.InvariantCulture, $"unsupported on machines with more than {most} NUMA Nodes"));
    }

    /// <summary>For each resource of devices how many there are, and how many of them can be used.</summary>
    public IReadOnlyDictionary<string, (int Capacity, int Allocatable)> DeviceCounts() => Plugins.Inventory.Counts;

    private static StaticCpus CpusOf(NodeContext context, NodeAgentConfig config, CpuTopology topology)
    {
        IEnumerable<int> reserved;
        if (config.Placement.ReservedCpus.Length > 0)
        {
            reserved = CpuSet.Parse(config.Placement.ReservedCpus);
        }
        else
        {
            long milli = config.SystemReserved.GetValueOrDefault("cpu").MilliValue
                + config.KubeReserved.GetValueOrDefault("cpu").MilliValue;
            int count = (int)((milli + 999) / 1000);
            if (count == 0)
            {
                throw new NodeAgentException(
                    "the static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero");
            }

            reserved = CpuPick.Take(topology, topology.Cpus.Select(static one => one.Id).ToHashSet(), count, null)
                ?? throw new NodeAgentException("[cpumanager] unable to reserve the required amount of CPUs");
        }

        return new(
            topology,
            reserved,
            config.Placement.CpuPolicyOptions,
            new PlacementFile(Path.Combine(context.RootDirectory, CpuFile), context.Log))
        {
            Metrics = context.Metrics.Placement,
        };
    }

    private static StaticMemory MemoryOf(
        NodeContext context, NodeAgentConfig config, MachineFacts machine, CpuTopology topology)
    {
        long wanted = machine.MemoryBytes
            - NodeResources.Allocatable(NodeResources.Capacity(machine, config), config)["memory"].Value;
        long reserved = config.Placement.ReservedMemory.Values.Sum();

        // The capacity is told in whole kilobytes; so is what is kept.
        if (Math.Abs(reserved - wanted) >= 1024)
        {
            throw new NodeAgentException(string.Create(
                CultureInfo.InvariantCulture,
                $"the total amount \"{Quantity.FromValue(reserved, QuantityFormat.BinarySI)}\" of type \"memory\" is ")
                + $"not equal to the value \"{Quantity.FromValue(wanted, QuantityFormat.BinarySI)}\" determined by "
                + "Node Allocatable feature");
        }

        Dictionary<int, long> capacity = topology.NumaNodes.ToDictionary(
            static one => one,
            one => (MemoryOfNode(one) ?? machine.MemoryBytes / topology.NumaNodes.Count)
                - config.Placement.ReservedMemory.GetValueOrDefault(one));
        return new(capacity, new PlacementFile(Path.Combine(context.RootDirectory, MemoryFile), context.Log));
    }

    /// <summary>Bytes of a NUMA node; null where the kernel does not tell.</summary>
    private static long? MemoryOfNode(int node)
    {
        // Node 0 MemTotal:       24682652 kB
        string file = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/node/node{node}/meminfo");
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(static one => one.Contains("MemTotal:", StringComparison.Ordinal))
            : null;
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 3 && long.TryParse(words[3], CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : null;
    }
}
