using System.Collections.Frozen;

namespace Keelson.Nodes.Metrics;

/// <summary>How much upstream promises of metrics: what their descriptions begin with.</summary>
internal static class MetricStability
{
    /// <summary>Everything that nothing else is said of.</summary>
    public const string Alpha = "ALPHA";

    private static readonly FrozenDictionary<string, string> Others = new Dictionary<string, string>
    {
        ["kubernetes_healthcheck"] = "STABLE",
        ["kubernetes_healthchecks_total"] = "STABLE",
        ["kubelet_image_volume_requested_total"] = "BETA",
        ["kubelet_image_volume_mounted_succeed_total"] = "BETA",
        ["kubelet_image_volume_mounted_errors_total"] = "BETA",
        ["kubernetes_build_info"] = "BETA",
        ["prober_probe_total"] = "BETA",
        ["registered_metrics_total"] = "BETA",
        ["hidden_metrics_total"] = "BETA",
        ["disabled_metrics_total"] = "BETA",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The level of a metric; empty for those of processes, which Prometheus' own libraries make.</summary>
    public static string Of(string name) =>
        name.StartsWith("process_", StringComparison.Ordinal) || name.StartsWith("go_", StringComparison.Ordinal)
            ? ""
            : Others.GetValueOrDefault(name, Alpha);

    /// <summary>A description with its level in front.</summary>
    public static string Describe(string name, string help) =>
        Of(name) is { Length: > 0 } level ? $"[{level}] {help}" : help;
}
