using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Container = Keelson.Api.Core.V1.Container;

namespace Keelson.Nodes.Tests.Containers;

/// <summary>What pods and containers may have of huge pages.</summary>
public sealed class HugePagesTests
{
    private static readonly string[] Sizes = ["2MB", "1GB"];

    [Fact]
    public void A_container_has_its_own_limit_else_that_of_its_pod_else_nothing()
    {
        Pod pod = Of(
            pod: [("hugepages-2Mi", "8Mi"), ("hugepages-1Gi", "2Gi")],
            [("hugepages-2Mi", "4Mi"), ("memory", "1Gi")],
            []);
        Assert.Equal(
            new Dictionary<string, long> { ["2MB"] = 4 << 20, ["1GB"] = 2L << 30 },
            HugePages.LimitsOf(pod, pod.Spec.Containers[0], Sizes));
        Assert.Equal(
            new Dictionary<string, long> { ["2MB"] = 8 << 20, ["1GB"] = 2L << 30 },
            HugePages.LimitsOf(pod, pod.Spec.Containers[1], Sizes));
        pod = Of(null, [("hugepages-2048Ki", "4Mi")], []);
        Assert.Equal(
            new Dictionary<string, long> { ["2MB"] = 4 << 20, ["1GB"] = 0 },
            HugePages.LimitsOf(pod, pod.Spec.Containers[0], Sizes));
        Assert.All(HugePages.LimitsOf(pod, pod.Spec.Containers[1], Sizes), static one => Assert.Equal(0, one.Value));
    }

    [Fact]
    public void A_pod_has_what_it_says_itself_else_what_its_containers_ask_for_and_its_overhead()
    {
        Pod pod = Of(null, [("hugepages-2Mi", "4Mi")], [("hugepages-2Mi", "2Mi")]);
        pod = pod with { Spec = pod.Spec with { Overhead = Amounts([("hugepages-2Mi", "2Mi")]) } };
        Assert.Equal(
            new Dictionary<string, long> { ["2MB"] = 8 << 20, ["1GB"] = 0 }, HugePages.LimitsOf(pod, Sizes));
        pod = Of([("hugepages-2Mi", "20Mi")], [("hugepages-2Mi", "4Mi")], [("hugepages-2Mi", "2Mi")]);
        Assert.Equal(
            new Dictionary<string, long> { ["2MB"] = 20 << 20, ["1GB"] = 0 }, HugePages.LimitsOf(pod, Sizes));
    }

    internal static Pod Of((string Name, string Amount)[]? pod, params (string Name, string Amount)[][] containers) =>
        new()
        {
            Spec = new()
            {
                Resources = pod is null ? null : Both(pod),
                Containers =
                [
                    .. containers.Select(static (one, i) => new Container { Name = $"c{i}", Resources = Both(one) }),
                ],
            },
        };

    private static ResourceRequirements Both((string Name, string Amount)[] amounts) =>
        new() { Requests = Amounts(amounts), Limits = Amounts(amounts) };

    private static ApiMap<Quantity> Amounts((string Name, string Amount)[] amounts) => amounts.Aggregate(
        default(ApiMap<Quantity>), static (map, one) => map.With(one.Name, Quantity.Parse(one.Amount)));
}
