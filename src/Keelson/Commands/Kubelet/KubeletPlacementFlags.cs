using System.Globalization;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Values;
using Keelson.Nodes;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Shutdown;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags and settings about what containers have for themselves, and about the machine's end.</summary>
internal sealed class KubeletPlacementFlags
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    public KubeletPlacementFlags(FlagSection flags)
    {
        Cpu = flags.Text("cpu-manager-policy", "none", "none, or static: whole processors for guaranteed pods.");
        CpuOptions = flags.Of("cpu-manager-policy-options", FlagForms.Pairs, Nothing, "Options of that policy.");
        ReservedCpus = flags.Text("reserved-cpus", "", "Processors that are given to no container alone.");
        Memory = flags.Text("memory-manager-policy", "None", "None, or Static: memory of NUMA nodes.");
        ReservedMemory = flags.Text(
            "reserved-memory", "", "Memory that is given to no container: NODE:memory=AMOUNT[;NODE:...].");
        Topology = flags.Text(
            "topology-manager-policy", "none", "none, best-effort, restricted or single-numa-node.");
        Scope = flags.Text("topology-manager-scope", "container", "container or pod.");
    }

    private Flag<string> Cpu { get; }

    private Flag<IReadOnlyDictionary<string, string>> CpuOptions { get; }

    private Flag<string> ReservedCpus { get; }

    private Flag<string> Memory { get; }

    private Flag<string> ReservedMemory { get; }

    private Flag<string> Topology { get; }

    private Flag<string> Scope { get; }

    /// <summary>The agent's settings with these.</summary>
    public NodeAgentConfig Apply(ConfigurationDocument file, NodeAgentConfig config)
    {
        PlacementConfig placement = new()
        {
            CpuPolicy = Chosen(Cpu, file.Text("none", "cpuManagerPolicy")),
            CpuPolicyOptions = Chosen(CpuOptions, file.Pairs(Nothing, "cpuManagerPolicyOptions")),
            ReservedCpus = Chosen(ReservedCpus, file.Text("", "reservedSystemCPUs")),
            MemoryPolicy = Chosen(Memory, file.Text("None", "memoryManagerPolicy")),
            ReservedMemory = ReservedMemory.IsSet ? FromFlag() : FromFile(file),
            TopologyPolicy = Chosen(Topology, file.Text("none", "topologyManagerPolicy")),
            TopologyPolicyOptions = file.Pairs(Nothing, "topologyManagerPolicyOptions"),
            TopologyScope = Chosen(Scope, file.Text("container", "topologyManagerScope")),
        };
        return placement.FindError() is { } error
            ? throw new FlagException(error)
            : config with { Placement = placement, Shutdown = Shutdown(file) };
    }

    private static ShutdownConfig Shutdown(ConfigurationDocument file) => new()
    {
        GracePeriod = file.Duration(TimeSpan.Zero, "shutdownGracePeriod"),
        CriticalGracePeriod = file.Duration(TimeSpan.Zero, "shutdownGracePeriodCriticalPods"),
        SecondsByPriority = file.Items("shutdownGracePeriodByPodPriority").ToDictionary(
            static one => one.Number(0, "priority"),
            static one => (long)one.Number(0, "shutdownGracePeriodSeconds")),
    };

    private Dictionary<int, long> FromFlag()
    {
        Dictionary<int, long> reserved = [];
        foreach (string node in ReservedMemory.Value.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = node.Split([':', '=']);
            if (parts.Length != 3 || parts[1] != "memory"
                || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int number))
            {
                throw new FlagException($"--reserved-memory: \"{node}\" is not NODE:memory=AMOUNT");
            }

            reserved[number] = Bytes(parts[2]);
        }

        return reserved;
    }

    private static Dictionary<int, long> FromFile(ConfigurationDocument file) =>
        file.Items("reservedMemory").ToDictionary(
            static one => one.Number(0, "numaNode"), static one => Bytes(one.Text("0", "limits", "memory")));

    private static long Bytes(string text) => Quantity.TryParse(text, out Quantity amount, out string? error)
        ? amount.Value
        : throw new FlagException($"reserved memory: {error}");

    private static T Chosen<T>(Flag<T> flag, T fromFile) => flag.IsSet ? flag.Value : fromFile;
}
