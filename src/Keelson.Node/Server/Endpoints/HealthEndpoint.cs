using System.Text;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/healthz</c>: the checks <c>ping</c>, <c>log</c>, <c>syncloop</c> and <c>device-plugin</c>, together or
/// one by one.</summary>
internal sealed class HealthEndpoint
{
    private static readonly (string Name, Func<KubeletCall, bool> IsGood, string Error)[] Checks =
    [
        ("ping", static _ => true, ""),
        ("log", static _ => true, ""),
        ("syncloop", static call => call.Node.SyncLoopIsHealthy(), "sync Loop took longer than expected"),
        ("device-plugin", static call => call.Node.DevicePluginsCanRegister(),
            "device plugin registration gRPC server failed and no device plugins can register"),
    ];

    private readonly MetricSet _metrics = new();
    private readonly NumberMetric _last;
    private readonly NumberMetric _total;

    public HealthEndpoint()
    {
        _last = _metrics.Gauge("kubernetes_healthcheck", "What a check found last: 1 for well.", "name", "type");
        _total = _metrics.Counter(
            "kubernetes_healthchecks_total", "Checks, by what they found.", "name", "status", "type");
    }

    /// <summary><c>/metrics/slis</c>: what checks found.</summary>
    public Task MetricsAsync(KubeletCall call)
    {
        MetricsText text = new();
        _metrics.Write(text);
        return call.TextAsync(text.ToString(), 200, MetricsEndpoints.TextType);
    }

    public Task ServeAsync(KubeletCall call)
    {
        if (call.Path is ["healthz"] or ["healthz", ""])
        {
            return AllAsync(call);
        }

        string name = string.Join('/', call.Path[1..]);
        foreach ((string check, Func<KubeletCall, bool> isGood, string error) in Checks)
        {
            if (check == name)
            {
                return Run(call, check, isGood)
                    ? call.TextAsync("ok")
                    : call.TextAsync($"internal server error: {error}\n", 500);
            }
        }

        return call.TextAsync("404: Page Not Found", 404);
    }

    private bool Run(KubeletCall call, string name, Func<KubeletCall, bool> check)
    {
        bool isGood = check(call);
        _last.Set(isGood ? 1 : 0, name, "healthz");
        _total.Count(name, isGood ? "success" : "error", "healthz");
        return isGood;
    }

    private Task AllAsync(KubeletCall call)
    {
        string[] excluded = [.. call.Http.Request.Query["exclude"].OfType<string>()];
        StringBuilder text = new();
        bool isGood = true;
        foreach ((string name, Func<KubeletCall, bool> check, _) in Checks)
        {
            bool counts = !excluded.Contains(name);
            bool passed = !counts || Run(call, name, check);
            isGood &= passed;
            text.Append(passed ? "[+]" : "[-]").Append(name)
                .Append(!counts ? " excluded: ok\n" : passed ? " ok\n" : " failed: reason withheld\n");
        }

        if (!isGood)
        {
            return call.TextAsync(text + "healthz check failed\n", 500);
        }

        bool isVerbose = call.Http.Request.Query.ContainsKey("verbose");
        return call.TextAsync(isVerbose ? text + "healthz check passed\n" : "ok");
    }
}
