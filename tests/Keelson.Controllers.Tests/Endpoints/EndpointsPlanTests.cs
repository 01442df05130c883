using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Endpoints;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.Endpoints;

/// <summary>Subsets are written <c>ready|not ready:ports</c>.</summary>
public sealed class EndpointsPlanTests
{
    [Fact]
    public void Ready_and_unready_addresses_are_told_apart_and_terminating_ones_left_out()
    {
        Pod[] pods = [Ready("b").At("10.0.0.2"), Ready("a").At("10.0.0.1"), Unready("c").At("10.0.0.3"), Ready("d").At("10.0.0.4").Going()];
        Assert.Equal(["10.0.0.1,10.0.0.2|10.0.0.3:80"], Subsets(Plan(Service(80), pods)));
        Service all = Service(80) with { Spec = Service(80).Spec with { PublishNotReadyAddresses = true } };
        Assert.Equal(["10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4|:80"], Subsets(Plan(all, pods)));
    }

    [Fact]
    public void Ports_with_the_same_addresses_share_a_subset_and_others_do_not()
    {
        Pod named = Ready("a").At("10.0.0.1") with
        {
            Spec = new PodSpec
            {
                Containers = [new Container { Name = "c", Ports = [new ContainerPort { Name = "http", Protocol = "TCP", ContainerPortValue = 8080 }] }],
            },
        };
        Service service = Service(80, 443);
        ServicePort http = new() { Name = "h", Protocol = "TCP", Port = 1, TargetPort = "http" };
        service = service with { Spec = service.Spec with { Ports = service.Spec.Ports.Add(http) } };
        Assert.Equal(
            ["10.0.0.1,10.0.0.2|:443,80", "10.0.0.1|:8080"],
            Subsets(Plan(service, named, Ready("b").At("10.0.0.2"))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_headless_services_list_addresses_without_ports()
    {
        Assert.Empty(Plan(Service(), Ready("a").At("10.0.0.1")).Wanted!.Subsets);
        Service headless = Service() with { Spec = Service().Spec with { ClusterIP = "None" } };
        EndpointsPlan plan = Plan(headless, Ready("a").At("10.0.0.1"));
        Assert.Equal(["10.0.0.1|:"], Subsets(plan));
        Assert.Equal("", plan.Wanted!.Metadata.Labels["service.kubernetes.io/headless"]);
        Assert.Equal("endpoint-controller", plan.Wanted.Metadata.Labels["endpoints.kubernetes.io/managed-by"]);
    }

    [Fact]
    public void What_is_right_is_not_written_again_and_a_lost_label_goes()
    {
        Service labeled =
            Service(80) with { Metadata = Service(80).Metadata with { Labels = ApiMap<string>.Empty.With("a", "b") } };
        Pod pod = Ready("a", 10).At("10.0.0.1");
        EndpointsPlan first = Plan(labeled, pod);
        Assert.True(first.IsNew);
        Assert.Equal("b", first.Wanted!.Metadata.Labels["a"]);
        Assert.Equal(
            "2025-12-31T23:59:50Z",
            first.Wanted.Metadata.Annotations["endpoints.kubernetes.io/last-change-trigger-time"]);
        Assert.Null(EndpointsPlan.Compute(labeled, [pod], first.Wanted).Wanted);
        EndpointsPlan second = EndpointsPlan.Compute(Service(80), [pod], first.Wanted);
        Assert.False(second.IsNew);
        Assert.False(second.Wanted!.Metadata.Labels.ContainsKey("a"));
    }

    [Fact]
    public void No_more_than_1000_addresses_are_listed_and_ready_ones_come_first()
    {
        Pod[] ready = [.. Enumerable.Range(0, 900).Select(static i => Ready("r" + i).At(Address(i)))];
        Pod[] unready = [.. Enumerable.Range(1000, 300).Select(static i => Unready("u" + i).At(Address(i)))];
        EndpointsPlan plan = Plan(Service(80), [.. ready, .. unready]);
        EndpointSubset subset = plan.Wanted!.Subsets[0];
        Assert.Equal((900, 100), (subset.Addresses.Count, subset.NotReadyAddresses.Count));
        Assert.Equal("truncated", plan.Wanted.Metadata.Annotations["endpoints.kubernetes.io/over-capacity"]);
        Assert.Null(EndpointsPlan.Compute(Service(80), [.. ready, .. unready], plan.Wanted).Wanted);
        EndpointsPlan fits = EndpointsPlan.Compute(Service(80), ready, plan.Wanted);
        Assert.False(fits.Wanted!.Metadata.Annotations.ContainsKey("endpoints.kubernetes.io/over-capacity"));
    }

    private static string Address(int i) => string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 200}.{i % 200}");

    private static EndpointsPlan Plan(Service service, params Pod[] pods) => EndpointsPlan.Compute(service, pods, null);

    private static string[] Subsets(EndpointsPlan plan) =>
    [
        .. plan.Wanted!.Subsets.Select(static one =>
            $"{string.Join(',', one.Addresses.Select(static it => it.Ip))}|{string.Join(',', one.NotReadyAddresses.Select(static it => it.Ip))}:"
            + string.Join(',', one.Ports.Select(static it => it.Port.ToString(CultureInfo.InvariantCulture)))),
    ];

    private static Service Service(params int[] ports) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "s", Namespace = "default", CreationTimestamp = Ago(50) },
        Spec = new ServiceSpec
        {
            ClusterIP = "10.96.0.1",
            IpFamilies = ["IPv4"],
            Ports = ports.Select(static one => new ServicePort { Name = "p" + one, Protocol = "TCP", Port = one, TargetPort = one }).ToApiList(),
        },
    };
}
