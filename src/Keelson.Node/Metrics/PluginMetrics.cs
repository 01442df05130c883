using System.Security.Cryptography;

namespace Keelson.Nodes.Metrics;

/// <summary>Programs that the agent asks: plugins that made themselves known, storage drivers, and those that have
/// credentials for images.</summary>
internal sealed class PluginMetrics(MetricSet metrics)
{
    private readonly NumberMetric _plugins = metrics.Gauge(
        "plugin_manager_total_plugins", "Plugins that were found, and that were taken in.", "socket_path", "state");

    private readonly HistogramMetric _storage = metrics.Histogram(
        "csi_operations_seconds", "How long calls to storage drivers took.",
        [.1, .25, .5, 1, 2.5, 5, 10, 15, 25, 50, 120, 300, 600],
        "driver_name", "grpc_status_code", "method_name", "migrated");

    private readonly HistogramMetric _credentials = metrics.Histogram(
        "kubelet_credential_provider_plugin_duration", "How long programs took that have credentials for images.",
        MetricSet.UsualBuckets, "plugin_name");

    private readonly NumberMetric _credentialErrors = metrics.Counter(
        "kubelet_credential_provider_plugin_errors_total", "Programs for credentials that failed.", "plugin_name");

    private readonly NumberMetric _credentialConfig = metrics.Gauge(
        "kubelet_credential_provider_config_info", "The configuration of programs for credentials, by its digest.",
        "hash");

    /// <summary>Sets which sockets of plugins there are, and which of them were taken in.</summary>
    public void Show(IEnumerable<string> found, IEnumerable<string> takenIn)
    {
        _plugins.Clear();
        foreach (string socket in found)
        {
            _plugins.Set(1, socket, "desired_state_of_world");
        }

        foreach (string socket in takenIn)
        {
            _plugins.Set(1, socket, "actual_state_of_world");
        }
    }

    /// <summary>A storage driver was called.</summary>
    public void Called(string driver, string method, TimeSpan took, string status) =>
        _storage.Observe(took, driver, status, method, "false");

    /// <summary>A program was asked for credentials.</summary>
    public void Asked(string name, TimeSpan took, bool failed)
    {
        _credentials.Observe(took, name);
        if (failed)
        {
            _credentialErrors.Count(name);
        }
    }

    /// <summary>Takes in what the configuration of programs for credentials says.</summary>
    public void Configured(ReadOnlySpan<byte> configuration) => _credentialConfig.Set(
        1, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(configuration)));
}
