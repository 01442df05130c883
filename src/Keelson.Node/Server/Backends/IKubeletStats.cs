using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Server.Backends;

/// <summary>
/// What a node and its pods use. <c>/stats/summary</c>, <c>/metrics/resource</c> and <c>/metrics/cadvisor</c> are all
/// made of the summary, but for what more control groups tell.
/// </summary>
public interface IKubeletStats
{
    /// <summary>What is used now.</summary>
    /// <param name="onlyProcessorAndMemory">True when nothing else is wanted, so that disks are not looked at.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<StatsSummary> SummaryAsync(bool onlyProcessorAndMemory, CancellationToken cancellationToken);

    /// <summary>Adds how long processes waited for what they need, where the kernel tells.</summary>
    StatsSummary AddPressures(StatsSummary summary) => summary;

    /// <summary>Writes the agent's own metrics (<c>/metrics</c>), beside those that the server has.</summary>
    ValueTask WriteMetricsAsync(MetricsText metrics, CancellationToken cancellationToken) => default;

    /// <summary>Writes what control groups tell (<c>/metrics/cadvisor</c>), where there are some.</summary>
    /// <returns>False to have it made of the summary.</returns>
    ValueTask<bool> WriteCgroupsAsync(MetricsText metrics, CancellationToken cancellationToken) => new(false);

    /// <summary>Writes the counts of probes (<c>/metrics/probes</c>): <c>prober_probe_total</c> and its like.</summary>
    void WriteProbeMetrics(MetricsText metrics)
    {
    }
}
