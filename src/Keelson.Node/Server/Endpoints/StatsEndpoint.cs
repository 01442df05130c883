using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/stats/summary</c>: what the node and its pods use.</summary>
internal static class StatsEndpoint
{
    public static async Task ServeAsync(KubeletCall call)
    {
        bool onlyProcessorAndMemory =
            call.Query("only_cpu_and_memory") is "true" or "1" or "t" or "T" or "True" or "TRUE";
        StatsSummary summary = call.Node.Stats.AddPressures(
            await call.Node.Stats.SummaryAsync(onlyProcessorAndMemory, call.Aborted));
        await call.JsonAsync(SummaryJson.Write(summary, onlyProcessorAndMemory));
    }
}
