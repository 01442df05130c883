using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.EndpointSlices;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.EndpointSlices;

public sealed class EndpointSlicePlanTests
{
    [Fact]
    public void A_service_without_pods_keeps_one_empty_slice()
    {
        EndpointSlice empty = Assert.Single(Plan(Service(), []).Create);
        Assert.Empty(empty.Endpoints);
        Assert.False(empty.Endpoints.IsAbsent);
        Assert.Equal("s-", empty.Metadata.GenerateName);
        EndpointSlicePlan again = Plan(Service(), [], Stored(empty, "s-1"));
        Assert.Empty(again.Create.Concat(again.Update).Concat(again.Delete));
    }

    [Fact]
    public void The_labels_say_whose_the_slice_is_and_follow_the_service()
    {
        Service service = Service();
        EndpointSlice slice = Assert.Single(Plan(Labeled(service, "app", "web"), []).Create);
        Assert.Equal("web", slice.Metadata.Labels["app"]);
        Assert.Equal("s", slice.Metadata.Labels["kubernetes.io/service-name"]);
        Assert.Equal(
            "endpointslice-controller.k8s.io", slice.Metadata.Labels["endpointslice.kubernetes.io/managed-by"]);
        Service headless = service with { Spec = service.Spec with { ClusterIP = "None" } };
        EndpointSlice changed = Assert.Single(Plan(headless, [], Stored(slice, "s-1")).Update);
        Assert.False(changed.Metadata.Labels.ContainsKey("app"));
        Assert.Equal("", changed.Metadata.Labels["service.kubernetes.io/headless"]);
    }

    [Fact]
    public void A_pod_that_goes_away_serves_until_it_is_not_ready_but_is_never_ready_itself()
    {
        Pod[] pods = [Ready("a").At("10.0.0.1"), Unready("b").At("10.0.0.2"), Ready("c").At("10.0.0.3").Going()];
        EndpointSlice slice = Assert.Single(Plan(Service(), pods).Create);
        Assert.Equal(
            ["10.0.0.1 True True False", "10.0.0.2 False False False", "10.0.0.3 False True True"],
            slice.Endpoints.Select(static one =>
                $"{one.Addresses[0]} {one.Conditions.Ready} {one.Conditions.Serving} {one.Conditions.Terminating}"));
    }

    [Fact]
    public void Ended_pods_and_pods_without_an_address_are_no_endpoints()
    {
        EndpointSlice slice = Assert.Single(
            Plan(Service(), [Ready("a"), Ended("b", "Succeeded").At("10.0.0.2"), Ready("c").At("10.0.0.3")]).Create);
        Assert.Equal(["c"], slice.Endpoints.Select(static one => one.TargetRef!.Name));
    }

    [Fact]
    public void Two_families_get_slices_of_their_own()
    {
        Service service = Service();
        service = service with { Spec = service.Spec with { IpFamilies = ["IPv4", "IPv6"] } };
        EndpointSlicePlan plan = Plan(service, [Ready("a").At("10.0.0.1", "fd00::1")]);
        Assert.Equal(
            ["IPv4 10.0.0.1", "IPv6 fd00::1"],
            plan.Create.Select(static one => $"{one.AddressType} {one.Endpoints[0].Addresses[0]}"));
    }

    [Fact]
    public void Named_ports_that_differ_from_pod_to_pod_need_different_slices()
    {
        Service service = Service();
        service = service with
        {
            Spec = service.Spec with { Ports = [new ServicePort { Name = "web", Protocol = "TCP", Port = 80, TargetPort = "http" }] },
        };
        EndpointSlicePlan plan = Plan(
            service, [Listening("a", 8080).At("10.0.0.1"), Listening("b", 9090).At("10.0.0.2")]);
        Assert.Equal([8080, 9090], plan.Create.Select(static one => one.Ports[0].Port));
    }

    [Fact]
    public void More_than_100_endpoints_are_spread_over_slices_and_a_new_one_goes_where_there_is_room()
    {
        Pod[] pods = [.. Enumerable.Range(1, 150).Select(Numbered)];
        EndpointSlicePlan first = Plan(Service(), pods);
        Assert.Equal([100, 50], first.Create.Select(static one => one.Endpoints.Count));
        EndpointSlice[] stored = [Stored(first.Create[0], "s-1"), Stored(first.Create[1], "s-2")];
        EndpointSlicePlan second = Plan(Service(), [.. pods, Numbered(151)], stored);
        Assert.Empty(second.Create);
        Assert.Equal(("s-2", 51), (second.Update.Single().Metadata.Name, second.Update.Single().Endpoints.Count));
    }

    [Fact]
    public void A_slice_that_loses_its_endpoints_is_deleted_and_the_others_stay_untouched()
    {
        Pod[] pods = [.. Enumerable.Range(1, 150).Select(Numbered)];
        EndpointSlicePlan first = Plan(Service(), pods);
        EndpointSlice[] stored = [Stored(first.Create[0], "s-1"), Stored(first.Create[1], "s-2")];
        EndpointSlicePlan less = Plan(Service(), pods[..100], stored);
        Assert.Equal(["s-2"], less.Delete.Select(static one => one.Metadata.Name));
        Assert.Empty(less.Create.Concat(less.Update));
    }

    [Fact]
    public void Traffic_that_is_to_stay_near_gets_hints_for_the_zone_of_each_endpoint()
    {
        Service service = Service();
        service = service with { Spec = service.Spec with { TrafficDistribution = "PreferClose" } };
        EndpointSlice slice = Assert.Single(Plan(service, [Ready("a").At("10.0.0.1")]).Create);
        Assert.Equal("z1", slice.Endpoints[0].Zone);
        Assert.Equal(["z1"], slice.Endpoints[0].Hints!.ForZones.Select(static one => one.Name));
    }

    private static EndpointSlicePlan Plan(Service service, Pod[] pods, params EndpointSlice[] slices) =>
        EndpointSlicePlan.Compute(new(service, pods, slices, static name => new Node
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = name,
                Labels = ApiMap<string>.Empty.With("topology.kubernetes.io/zone", "z1"),
            },
        }));

    private static EndpointSlice Stored(EndpointSlice slice, string name) =>
        slice with { Metadata = slice.Metadata with { Name = name } };

    private static Pod Numbered(int i) =>
        Ready("p" + i.ToString(CultureInfo.InvariantCulture)).At(
            string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 250}.{i % 250}"));

    private static Pod Listening(string name, int port) => Ready(name) with
    {
        Spec = new PodSpec
        {
            NodeName = "n",
            Containers =
            [
                new Container
                {
                    Name = "c",
                    Ports = [new ContainerPort { Name = "http", Protocol = "TCP", ContainerPortValue = port }],
                },
            ],
        },
    };

    private static Service Labeled(Service service, string key, string value) =>
        service with { Metadata = service.Metadata with { Labels = service.Metadata.Labels.With(key, value) } };

    private static Service Service() => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "s", Namespace = "default", Uid = "s", CreationTimestamp = Ago(50) },
        Spec = new ServiceSpec
        {
            ClusterIP = "10.96.0.1",
            IpFamilies = ["IPv4"],
            Selector = ApiMap<string>.Empty.With("app", "web"),
            Ports = [new ServicePort { Name = "web", Protocol = "TCP", Port = 80, TargetPort = 8080 }],
        },
    };
}
