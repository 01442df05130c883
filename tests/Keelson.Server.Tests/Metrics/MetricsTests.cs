using System.Text;
using System.Text.RegularExpressions;
using Keelson.Server.Metrics;

namespace Keelson.Server.Tests.Metrics;

public sealed class MetricsTests
{
    /// <summary>Metrics that a fresh upstream server does not show yet, or that are this program's own.</summary>
    private static readonly string[] BesidesUpstream =
    [
        "apiserver_admission_webhook_admission_duration_seconds", "apiserver_flowcontrol_rejected_requests_total",
        "kubernetes_healthcheck", "kubernetes_healthchecks_total", "apiserver_stream_translator_requests_total",
        "apiserver_stream_tunnel_requests_total", "apiserver_websocket_streaming_requests_total",
        "kube_apiserver_pod_logs_backend_tls_failure_total", "kube_apiserver_pod_logs_insecure_backend_total",
    ];

    private readonly ServerMetrics _metrics = new();

    private string Text(bool openMetrics = false) => Encoding.UTF8.GetString(_metrics.Registry.Write(openMetrics));

    [Fact]
    public void Every_metric_has_upstreams_name_and_type()
    {
        Dictionary<string, string> upstream =
            File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Metrics", "upstream-metrics.txt"))
            .Select(line => line.Split(' ')).ToDictionary(one => one[0], one => one[1], StringComparer.Ordinal);
        string[] wrong =
        [
            .. _metrics.Registry.Families.Concat(_metrics.ServiceLevels.Families)
                .Where(one => !one.Description.Name.StartsWith("dotnet_", StringComparison.Ordinal)
                    && !BesidesUpstream.Contains(one.Description.Name)
                    && upstream.GetValueOrDefault(one.Description.Name) != one.Type.ToString().ToLowerInvariant())
                .Select(one => one.Description.Name),
        ];
        Assert.Empty(wrong);
        Assert.All(_metrics.Registry.Families, one => Assert.Matches("^[a-z][a-z0-9_]*$", one.Description.Name));
        Assert.All(_metrics.Registry.Families, one =>
            Assert.EndsWith(".", one.Description.Help, StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_is_counted_timed_and_measured_at_once()
    {
        RequestLabels list = new("LIST", "apps", "v1", "deployments", "", "namespace");
        _metrics.Requests.Done(list, 200, 0.03, 2000);
        _metrics.Requests.Done(list, 200, 70, 500);
        string text = Text();
        const string Labels = "component=\"apiserver\",dry_run=\"\",group=\"apps\",resource=\"deployments\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\"";
        Assert.Contains("# TYPE apiserver_request_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains($"apiserver_request_total{{code=\"200\",{Labels}}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"apiserver_request_duration_seconds_bucket{{{Labels},le=\"0.025\"}} 0\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"apiserver_request_duration_seconds_bucket{{{Labels},le=\"0.05\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"apiserver_request_duration_seconds_bucket{{{Labels},le=\"60\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"apiserver_request_duration_seconds_bucket{{{Labels},le=\"+Inf\"}} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"apiserver_request_duration_seconds_sum{{{Labels}}} 70.03\n", text, StringComparison.Ordinal);
        Assert.Matches("apiserver_response_sizes_bucket\\{[^}]*le=\"1e\\+06\"\\} 2\n", text);
    }

    [Fact]
    public void Watches_do_not_count_against_service_levels()
    {
        _metrics.Requests.Done(new RequestLabels("WATCH", "", "v1", "pods", "", "cluster"), 200, 300, 0);
        Assert.DoesNotContain("apiserver_request_sli_duration_seconds", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Counting_a_request_allocates_nothing()
    {
        RequestLabels get = new("GET", "", "v1", "pods", "status", "resource");
        _metrics.Requests.Done(get, 200, 0.001, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _metrics.Requests.Done(get, 200, 0.001, 10);
        }

        // The runtime may allocate once while it makes the code faster, but no request may.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(999999, "999999")]
    [InlineData(1000000, "1e+06")]
    [InlineData(1234567, "1.234567e+06")]
    [InlineData(18446744073709551615, "1.8446744073709552e+19")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void Numbers_look_as_go_prints_them(double value, string text) =>
        Assert.Equal(text, MetricWriter.Number(value, false));

    [Fact]
    public async Task OpenMetrics_is_written_when_asked_for_and_counters_lose_their_suffix_in_heads_only()
    {
        _metrics.Access.Authenticated("success", "system:admin", 0.001);
        MetricsEndpoint endpoint = new(_metrics);
        EndpointAnswer open = await EndpointAnswer.GetAsync(
            endpoint, "/metrics", "application/openmetrics-text;version=1.0.0");
        Assert.StartsWith("application/openmetrics-text; version=1.0.0", open.Type, StringComparison.Ordinal);
        Assert.Contains("# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total ", open.Text,
            StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", open.Text, StringComparison.Ordinal);
        EndpointAnswer plain =
            await EndpointAnswer.GetAsync(endpoint, "/metrics", "", "GET", ("Accept-Encoding", "gzip"));
        Assert.StartsWith("text/plain; version=0.0.4", plain.Type, StringComparison.Ordinal);
        Assert.Contains("authenticated_user_requests{username=\"other\"} 1\n", plain.Text, StringComparison.Ordinal);
        Assert.Matches(new Regex("^process_open_fds [1-9]", RegexOptions.Multiline), plain.Text);
        Assert.Contains("kubernetes_build_info{", plain.Text, StringComparison.Ordinal);
    }
}
