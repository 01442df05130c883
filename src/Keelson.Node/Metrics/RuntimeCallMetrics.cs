using System.Text;

namespace Keelson.Nodes.Metrics;

/// <summary>Calls to the container runtime.</summary>
internal sealed class RuntimeCallMetrics(MetricSet metrics)
{
    // Upstream's: from 5 ms on, two and a half times as much each, fourteen of them.
    private static readonly double[] Bounds = [.. Enumerable.Range(0, 14).Select(static i => .005 * Math.Pow(2.5, i))];

    private readonly NumberMetric _calls = metrics.Counter(
        "kubelet_runtime_operations_total", "Calls to the runtime, by operation.", "operation_type");

    private readonly NumberMetric _errors = metrics.Counter(
        "kubelet_runtime_operations_errors_total", "Calls to the runtime that failed, by operation.",
        "operation_type");

    private readonly HistogramMetric _durations = metrics.Histogram(
        "kubelet_runtime_operations_duration_seconds", "How long calls to the runtime took, by operation.", Bounds,
        "operation_type");

    /// <summary>Takes in a call.</summary>
    /// <param name="method">The method as the interface calls it: <c>/runtime.v1.RuntimeService/ListContainers</c>.
    /// </param>
    /// <param name="took">How long it took.</param>
    /// <param name="failed">Whether it was refused.</param>
    public void Called(string method, TimeSpan took, bool failed)
    {
        string operation = OperationOf(method);
        _calls.Count(operation);
        _durations.Observe(took, operation);
        if (failed)
        {
            _errors.Count(operation);
        }
    }

    /// <summary>An operation as upstream calls it: <c>list_podsandbox</c>.</summary>
    internal static string OperationOf(string method)
    {
        string name = method[(method.LastIndexOf('/') + 1)..];
        return name switch
        {
            "RunPodSandbox" => "run_podsandbox",
            "StopPodSandbox" => "stop_podsandbox",
            "RemovePodSandbox" => "remove_podsandbox",
            "PodSandboxStatus" => "podsandbox_status",
            "ListPodSandbox" => "list_podsandbox",
            "PodSandboxStats" => "podsandbox_stats",
            "ListPodSandboxStats" => "list_podsandbox_stats",
            "UpdateContainerResources" => "update_container",
            _ => Spaced(name),
        };
    }

    private static string Spaced(string name)
    {
        StringBuilder text = new(name.Length + 4);
        foreach (char one in name)
        {
            if (char.IsAsciiLetterUpper(one) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(one));
        }

        return text.ToString();
    }
}
