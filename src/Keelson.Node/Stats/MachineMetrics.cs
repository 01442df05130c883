using Keelson.Api.Core.V1;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>What <c>/metrics/cadvisor</c> says of the machine itself.</summary>
internal sealed class MachineMetrics(MachineFacts machine, string version)
{
    private readonly NodeSystemInfo _info = MachineFacts.SystemInfo("", version);
    private readonly CpuTopology _topology = CpuTopology.Read();

    /// <summary>Writes it.</summary>
    public void Write(MetricsText text)
    {
        text.Family("cadvisor_version_info", "gauge", "1, with versions as labels.");
        text.Sample(
            "cadvisor_version_info", 1, null, ("cadvisorRevision", ""), ("cadvisorVersion", ""), ("dockerVersion", ""),
            ("kernelVersion", _info.KernelVersion), ("osVersion", _info.OsImage));
        (string, string)[] labels =
        [
            ("boot_id", _info.BootID), ("machine_id", _info.MachineID), ("system_uuid", _info.SystemUUID),
        ];
        void Gauge(string name, string help, double value)
        {
            text.Family(name, "gauge", help);
            text.Sample(name, value, null, labels);
        }

        Gauge("machine_cpu_cores", "Logical processors.", machine.Processors);
        Gauge(
            "machine_cpu_physical_cores", "Cores.",
            _topology.Cpus.Select(static one => (one.Socket, one.Core)).Distinct().Count());
        Gauge("machine_cpu_sockets", "Sockets.", _topology.Cpus.Select(static one => one.Socket).Distinct().Count());
        Gauge("machine_memory_bytes", "Memory in bytes.", machine.MemoryBytes);
        Gauge("machine_swap_bytes", "Swap in bytes.", _info.Swap?.Capacity ?? 0);
        text.Family("machine_scrape_error", "gauge", "1 if figures could not be had, else 0.");
        text.Sample("machine_scrape_error", 0, null);
    }
}
