using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/metrics</c> and what lies below it, in the text format of Prometheus.</summary>
internal static class MetricsEndpoints
{
    /// <summary>The format's name.</summary>
    public const string TextType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

    /// <summary><c>/metrics</c>: the agent's own.</summary>
    public static async Task OwnAsync(KubeletCall call, RequestCounts requests)
    {
        MetricsText text = new();
        const string NodeName = "kubelet_node_name";
        text.Family(NodeName, "gauge", "[ALPHA] The node's name. The count is always 1.");
        text.Sample(NodeName, 1, null, ("node", call.Node.NodeName));
        var running = await call.Node.Pods.RunningAsync(call.Aborted);
        const string Containers = "kubelet_running_containers";
        text.Family(Containers, "gauge", "[ALPHA] Number of containers currently running");
        text.Sample(
            Containers, running.Sum(static one => one.Spec.Containers.Count), null, ("container_state", "running"));
        const string Pods = "kubelet_running_pods";
        text.Family(Pods, "gauge", "[ALPHA] Number of pods that have a running pod sandbox");
        text.Sample(Pods, running.Count, null);
        requests.Write(text);
        text.Family("kubernetes_build_info", "gauge", "[BETA] 1, with what the agent was built from as labels.");
        text.Sample(
            "kubernetes_build_info", 1, null, ("build_date", ""), ("compiler", "gc"), ("git_commit", ""),
            ("git_tree_state", "clean"), ("git_version", call.Node.Version), ("go_version", "go1.26.0"),
            ("major", "1"), ("minor", "36"), ("platform", "linux/" + Nodes.MachineFacts.ArchitectureName));
        await call.Node.Stats.WriteMetricsAsync(text, call.Aborted);
        await SendAsync(call, text);
    }

    /// <summary><c>/metrics/resource</c>.</summary>
    public static async Task ResourceAsync(KubeletCall call)
    {
        MetricsText text = new();
        ResourceMetrics.Write(await call.Node.Stats.SummaryAsync(true, call.Aborted), text);
        await SendAsync(call, text);
    }

    /// <summary><c>/metrics/cadvisor</c>.</summary>
    public static async Task CadvisorAsync(KubeletCall call)
    {
        MetricsText text = new();
        if (!await call.Node.Stats.WriteCgroupsAsync(text, call.Aborted))
        {
            CadvisorMetrics.Write(await call.Node.Stats.SummaryAsync(false, call.Aborted), text);
        }

        await SendAsync(call, text);
    }

    /// <summary><c>/metrics/probes</c>.</summary>
    public static Task ProbesAsync(KubeletCall call)
    {
        MetricsText text = new();
        call.Node.Stats.WriteProbeMetrics(text);
        return SendAsync(call, text);
    }

    private static Task SendAsync(KubeletCall call, MetricsText text) =>
        call.TextAsync(text.ToString(), 200, TextType);
}
