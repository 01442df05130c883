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
}
