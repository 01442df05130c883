using System.Text.Json.Nodes;
using Keelson.Cluster;
using Keelson.Simulation;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>
/// A cluster in which the load on all pods labelled <c>app=busy</c> together goes up and down: 400 millicores for 12
/// seconds, 50 for another 12.
/// </summary>
public sealed class BusyClusterFixture : ClusterFixture
{
    protected override ControlPlaneConfig Configure(ControlPlaneConfig config) => config with
    {
        MetricsResolution = TimeSpan.FromSeconds(1),
        AutoscalerSyncPeriod = TimeSpan.FromSeconds(1),
        SimulatedNodes = new SimulatedNodesConfig
        {
            Count = 2,
            Usage =
            [
                new SimulatedUsage
                {
                    Labels = new Dictionary<string, string> { ["app"] = "busy" },
                    Shared = true,
                    Period = TimeSpan.FromSeconds(24),
                    Points =
                    [
                        At(0, 0.4), At(12, 0.4), At(12.001, 0.05), At(24, 0.05),
                    ],
                },
            ],
        },
    };

    private static SimulatedUsagePoint At(double seconds, double cores) =>
        new(TimeSpan.FromSeconds(seconds), cores, 64 * 1024 * 1024);
}

/// <summary>Autoscalers over the metrics of simulated nodes.</summary>
public sealed class AutoscalerTests(BusyClusterFixture cluster) : IClassFixture<BusyClusterFixture>
{
    private const string Deployment = "/apis/apps/v1/namespaces/busy/deployments/busy";

    [Fact]
    public async Task A_deployment_grows_with_its_load_and_shrinks_again()
    {
        await cluster.NamespaceAsync("busy");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/busy/deployments",
            """
            {"metadata":{"name":"busy"},"spec":{"selector":{"matchLabels":{"app":"busy"}},"template":{
              "metadata":{"labels":{"app":"busy"}},"spec":{"containers":[{"name":"c","image":"busy",
              "resources":{"requests":{"cpu":"200m"}}}]}}}}
            """);
        await cluster.PostAsync(
            "/apis/autoscaling/v2/namespaces/busy/horizontalpodautoscalers",
            """
            {"metadata":{"name":"busy"},"spec":{"minReplicas":1,"maxReplicas":8,
              "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"busy"},
              "metrics":[{"type":"Resource","resource":{"name":"cpu",
              "target":{"type":"Utilization","averageUtilization":50}}}],
              "behavior":{"scaleDown":{"stabilizationWindowSeconds":0}}}}
            """);

        // 400 millicores are four times half of what a pod requests; 50 are less than one.
        await cluster.EventuallyAsync(Deployment, static one => (int)one["spec"]!["replicas"]! == 4);
        await cluster.EventuallyAsync(Deployment, static one => (int)one["spec"]!["replicas"]! == 1);
        await cluster.EventuallyAsync(
            "/apis/autoscaling/v2/namespaces/busy/horizontalpodautoscalers/busy",
            static one =>
                (int?)one["status"]!["currentMetrics"]?[0]?["resource"]?["current"]?["averageUtilization"] is > 0);
    }

    [Theory]
    [InlineData(
        "pods",
        """
        {"type":"Pods","pods":{"metric":{"name":"qps"},"target":{"type":"AverageValue","averageValue":"1"}}}
        """,
        "FailedGetPodsMetric", "failed to get pods metric value: ",
        "unable to get metric qps: unable to fetch metrics from custom metrics API: "
        + "no custom metrics API (custom.metrics.k8s.io) registered")]
    [InlineData(
        "object",
        """
        {"type":"Object","object":{"metric":{"name":"hits"},"target":{"type":"Value","value":"1"},
        "describedObject":{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","name":"main"}}}
        """,
        "FailedGetObjectMetric", "failed to get object metric value: ",
        "unable to get metric hits: Ingress on object-hpa main/"
        + "unable to fetch metrics from custom metrics API: "
        + "no custom metrics API (custom.metrics.k8s.io) registered")]
    [InlineData(
        "external",
        """
        {"type":"External","external":{"metric":{"name":"depth"},"target":{"type":"AverageValue","averageValue":"1"}}}
        """,
        "FailedGetExternalMetric", "failed to get depth external metric value: ",
        "unable to get external metric external-hpa/depth/nil: "
        + "unable to fetch metrics from external metrics API: the server could not find the requested resource "
        + "(get depth.external.metrics.k8s.io)")]
    public async Task Metrics_that_nobody_serves_keep_an_autoscaler_from_scaling(
        string kind, string metric, string reason, string subject, string message)
    {
        string space = kind + "-hpa";
        await cluster.NamespaceAsync(space);
        await cluster.PostAsync(
            $"/apis/apps/v1/namespaces/{space}/deployments",
            """
            {"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{
              "metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """);
        await cluster.PostAsync(
            $"/apis/autoscaling/v2/namespaces/{space}/horizontalpodautoscalers",
            $$$$$"""
            {"metadata":{"name":"web"},"spec":{"minReplicas":1,"maxReplicas":8,"metrics":[{{{{{metric}}}}}],
              "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}
            """);
        JsonNode hpa = await cluster.EventuallyAsync(
            $"/apis/autoscaling/v2/namespaces/{space}/horizontalpodautoscalers/web",
            static one => Active(one) is not null);
        JsonNode active = Active(hpa)!;
        Assert.Equal(("False", reason), ((string)active["status"]!, (string)active["reason"]!));
        Assert.Equal("the HPA was unable to compute the replica count: " + message, (string)active["message"]!);
        await EventAsync(space, reason, message);
        await EventAsync(
            space, "FailedComputeMetricsReplicas",
            $"invalid metrics (1 invalid out of 1), first error is: {subject}{message}");
    }

    private Task EventAsync(string space, string reason, string message) => cluster.EventuallyAsync(
        $"/api/v1/namespaces/{space}/events",
        list => list["items"]!.AsArray().Any(one => (string?)one!["reason"] == reason
            && (string?)one["message"] == message));

    private static JsonNode? Active(JsonNode hpa) => hpa["status"]?["conditions"]?.AsArray()
        .FirstOrDefault(static one => (string)one!["type"]! == "ScalingActive");
}
