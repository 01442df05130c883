using Keelson.Api.Meta.V1;
using Keelson.Api.Metrics.V1Beta1;
using Keelson.Controllers.Autoscalers;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.Autoscalers;

public sealed class ServedMetricsTests
{
    private static readonly MetricsQuery Cpu = new(MetricsApi.Resource, "shop", "cpu");

    private static readonly PodMetrics[] Pods =
    [
        Measured("web-0", ("main", "100m"), ("sidecar", "25m")),
        Measured("web-1", ("main", "50m"), ("sidecar", "")),
    ];

    [Fact]
    public void A_pods_use_is_that_of_its_containers_and_a_pod_with_a_gap_has_none()
    {
        MetricsAnswer answer = ServedMetrics.Read(Pods, Cpu);
        Assert.Equal([("web-0", 125L)], answer.Pods.Select(static one => (one.Key, one.Value.Milli)));
    }

    [Fact]
    public void One_container_is_looked_at_by_itself()
    {
        MetricsAnswer answer = ServedMetrics.Read(Pods, Cpu with { Container = "main" });
        Assert.Equal([100L, 50L], answer.Pods.Values.Select(static one => one.Milli));
        Assert.Equal(
            "container none not present in metrics for pod shop/web-0",
            ServedMetrics.Read(Pods, Cpu with { Container = "none" }).Error);
    }

    private static PodMetrics Measured(string name, params (string Name, string Cpu)[] containers) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "shop" },
        Containers = containers.Select(static one => new ContainerMetrics
        {
            Name = one.Name,
            Usage = one.Cpu.Length == 0 ? default : ApiMap<Quantity>.From([new("cpu", Quantity.Parse(one.Cpu))]),
        }).ToApiList(),
    };
}
