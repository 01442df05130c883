using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Metrics;

public sealed class KubeletMetricsTests
{
    // What dashboards and alerts of kubernetes-mixin and kube-prometheus ask kubelets for.
    private static readonly string[] Watched =
    [
        "kubelet_running_pods", "kubelet_running_containers", "kubelet_pod_worker_duration_seconds_bucket",
        "kubelet_pod_start_duration_seconds_bucket", "kubelet_pod_start_sli_duration_seconds_bucket",
        "kubelet_cgroup_manager_duration_seconds_bucket", "kubelet_pleg_relist_duration_seconds_bucket",
        "kubelet_pleg_relist_interval_seconds_bucket", "kubelet_runtime_operations_total",
        "kubelet_runtime_operations_errors_total", "kubelet_runtime_operations_duration_seconds_bucket",
        "storage_operation_duration_seconds_bucket", "kubelet_certificate_manager_client_ttl_seconds",
        "kubelet_certificate_manager_client_expiration_renew_errors", "kubelet_server_expiration_renew_errors",
        "kubelet_evictions", "kubelet_started_pods_total", "process_resident_memory_bytes",
        "process_cpu_seconds_total", "go_goroutines", "kubelet_node_name",
    ];

    [Fact]
    public void Histograms_count_what_is_at_most_a_bound_and_counters_begin_with_nothing()
    {
        MetricSet set = new();
        NumberMetric plain = set.Counter("b_total", "B.");
        NumberMetric labelled = set.Counter("c_total", "C.", "one", "two");
        HistogramMetric times = set.Histogram("a_seconds", "A.", [.1, 1], "kind");
        set.Gauge("never", "Nothing.", "label");
        labelled.Count("x", "y\"");
        labelled.Add(2, "x", "y\"");
        times.Observe(.1, "k");
        times.Observe(TimeSpan.FromSeconds(5), "k");
        MetricsText text = new();
        set.Write(text);
        Assert.Equal(
            """
            # HELP a_seconds [ALPHA] A.
            # TYPE a_seconds histogram
            a_seconds_bucket{kind="k",le="0.1"} 1
            a_seconds_bucket{kind="k",le="1"} 1
            a_seconds_bucket{kind="k",le="+Inf"} 2
            a_seconds_sum{kind="k"} 5.1
            a_seconds_count{kind="k"} 2
            # HELP b_total [ALPHA] B.
            # TYPE b_total counter
            b_total 0
            # HELP c_total [ALPHA] C.
            # TYPE c_total counter
            c_total{one="x",two="y\""} 3

            """,
            text.ToString());
        plain.Count();
    }

    [Theory]
    [InlineData("/runtime.v1.RuntimeService/RunPodSandbox", "run_podsandbox")]
    [InlineData("/runtime.v1.RuntimeService/ListPodSandbox", "list_podsandbox")]
    [InlineData("/runtime.v1.RuntimeService/ListContainerStats", "list_container_stats")]
    [InlineData("/runtime.v1.RuntimeService/ExecSync", "exec_sync")]
    [InlineData("/runtime.v1.RuntimeService/UpdateContainerResources", "update_container")]
    [InlineData("/runtime.v1.ImageService/ImageFsInfo", "image_fs_info")]
    [InlineData("/runtime.v1.ImageService/PullImage", "pull_image")]
    public void Calls_to_the_runtime_have_upstreams_names(string method, string operation) =>
        Assert.Equal(operation, RuntimeCallMetrics.OperationOf(method));

    [Theory]
    [InlineData(0, "0-10MB")]
    [InlineData(10 * 1024 * 1024, "10MB-100MB")]
    [InlineData(1024 * 1024 * 1024, "1GB-5GB")]
    public void Pulls_are_counted_by_the_size_of_images(long bytes, string label) =>
        Assert.Equal(label, ImageWorkMetrics.SizeOf((ulong)bytes));

    [Fact]
    public void Everything_that_is_asked_for_is_there_once_it_happened()
    {
        using TestNode node = new();
        KubeletMetrics metrics = node.Context.Metrics;
        metrics.Runtime.Called("/runtime.v1.RuntimeService/Version", TimeSpan.Zero, failed: true);
        metrics.Pods.WorkerDuration.Observe(1, "sync");
        metrics.Pods.Cgroups.Observe(1, "create");
        metrics.Volumes.Operations.Observe(1, "false", "volume_mount", "success", "kubernetes.io/empty-dir");
        metrics.Node.Evictions.Count("memory.available");
        MetricsText text = new();
        metrics.Own.Write(text);
        string shown = text.ToString();
        string[] ownOfServer = ["kubelet_running_pods", "kubelet_running_containers", "kubelet_node_name"];
        Assert.All(Watched.Except(ownOfServer), one => Assert.Contains("\n" + one, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Descriptions_begin_with_what_upstream_promises()
    {
        KubeletMetrics metrics = new();
        MetricsText text = new();
        metrics.Own.Write(text);
        string shown = text.ToString();
        Assert.Contains("# HELP kubelet_image_volume_requested_total [BETA] ", shown, StringComparison.Ordinal);
        Assert.Contains("# HELP kubelet_started_pods_total [ALPHA] ", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("# HELP process_cpu_seconds_total [", shown, StringComparison.Ordinal);
        Assert.Contains(
            "registered_metrics_total{deprecated_version=\"\",stability_level=\"BETA\"} 6\n", shown,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_are_told_of_as_they_are_when_somebody_asks()
    {
        ManualClock clock = new();
        KubeletMetrics metrics = new(clock);
        Assert.Contains("kubelet_certificate_manager_client_ttl_seconds +Inf\n", Shown(), StringComparison.Ordinal);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=n", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(clock.GetUtcNow(), clock.GetUtcNow().AddHours(1));
        long failures = 2;
        metrics.Certificates.Client = () => certificate;
        metrics.Certificates.Serving = () => certificate;
        metrics.Certificates.ClientFailures = () => failures;
        metrics.Certificates.Rotated(TimeSpan.FromHours(2));
        Assert.Contains("kubelet_certificate_manager_client_ttl_seconds 3600\n", Shown(), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(61));
        failures = 3;
        string later = Shown();
        Assert.Contains("kubelet_certificate_manager_server_ttl_seconds -60\n", later, StringComparison.Ordinal);
        Assert.Contains(
            "kubelet_certificate_manager_client_expiration_renew_errors 3\n", later, StringComparison.Ordinal);
        Assert.Contains(
            "kubelet_certificate_manager_server_rotation_seconds_bucket{le=\"14400\"} 1\n", later,
            StringComparison.Ordinal);

        string Shown()
        {
            MetricsText text = new();
            metrics.Own.Write(text);
            return text.ToString();
        }
    }

    [Fact]
    public void Claims_count_for_each_of_their_drivers_and_once_for_all()
    {
        KubeletMetrics metrics = new();
        metrics.Dra.Count([["gpu", "nic"], ["gpu"]]);
        metrics.Dra.Done("PrepareResources", TimeSpan.Zero, failed: true);
        metrics.Plugins.Show(["/a.sock", "/b.sock"], ["/a.sock"]);
        MetricsText text = new();
        metrics.Own.Write(text);
        string shown = text.ToString();
        foreach (string one in (string[])
        [
            "dra_resource_claims_in_use{driver_name=\"<any>\"} 2", "dra_resource_claims_in_use{driver_name=\"gpu\"} 2",
            "dra_resource_claims_in_use{driver_name=\"nic\"} 1",
            "dra_operations_duration_seconds_count{is_error=\"true\",operation_name=\"PrepareResources\"} 1",
            "plugin_manager_total_plugins{socket_path=\"/a.sock\",state=\"actual_state_of_world\"} 1",
            "plugin_manager_total_plugins{socket_path=\"/b.sock\",state=\"desired_state_of_world\"} 1",
        ])
        {
            Assert.Contains(one + "\n", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Probes_of_containers_that_are_gone_are_forgotten()
    {
        KubeletMetrics metrics = new();
        ProbedContainer one = new("main", "ns", "pod", "uid", "Liveness");
        metrics.Probes.Probed(one, "failed", TimeSpan.Zero);
        MetricsText text = new();
        metrics.Probing.Write(text);
        Assert.Contains(
            "prober_probe_total{container=\"main\",namespace=\"ns\",pod=\"pod\",pod_uid=\"uid\","
            + "probe_type=\"Liveness\",result=\"failed\"} 1\n",
            text.ToString(), StringComparison.Ordinal);
        metrics.Probes.Forget(one);
        MetricsText empty = new();
        metrics.Probing.Write(empty);
        Assert.Equal("", empty.ToString());
    }
}
