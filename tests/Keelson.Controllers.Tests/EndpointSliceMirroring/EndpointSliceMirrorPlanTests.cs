using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.EndpointSliceMirroring;
using Keelson.Machinery.Values;
using EndpointPort = Keelson.Api.Core.V1.EndpointPort;
using ServiceEndpoints = Keelson.Api.Core.V1.Endpoints;

namespace Keelson.Controllers.Tests.EndpointSliceMirroring;

public sealed class EndpointSliceMirrorPlanTests
{
    private static readonly EndpointPort Web = new() { Name = "web", Port = 80, Protocol = "TCP" };

    [Fact]
    public void Addresses_become_endpoints_of_a_slice_that_belongs_to_the_endpoints()
    {
        EndpointAddress named = Address("10.1.2.3") with { Hostname = "db", NodeName = "node-0" };
        ServiceEndpoints endpoints = Endpoints(
            new EndpointSubset { Addresses = [named], NotReadyAddresses = [Address("10.1.2.4")], Ports = [Web] });
        EndpointSlice slice = Assert.Single(Plan(endpoints).Create);
        Assert.Equal("s-", slice.Metadata.GenerateName);
        Assert.Equal(("IPv4", "web", 80), (slice.AddressType, slice.Ports[0].Name, slice.Ports[0].Port));
        Assert.Equal(
            ["10.1.2.3 True db node-0", "10.1.2.4 False  "],
            slice.Endpoints.Select(
                static one => $"{one.Addresses[0]} {one.Conditions.Ready} {one.Hostname} {one.NodeName}"));
        OwnerReference owner = Assert.Single(slice.Metadata.OwnerReferences);
        Assert.Equal(("v1", "Endpoints", "s", "e"), (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid));
    }

    [Fact]
    public void Labels_and_annotations_are_copied_but_for_those_that_others_write()
    {
        ServiceEndpoints endpoints = Simple();
        endpoints = endpoints with
        {
            Metadata = endpoints.Metadata with
            {
                Labels = ApiMap<string>.Empty.With("app", "db").With("kubernetes.io/service-name", "forged"),
                Annotations = ApiMap<string>.Empty.With("a", "b")
                    .With("endpoints.kubernetes.io/last-change-trigger-time", "2026-01-01T00:00:00Z")
                    .With("kubectl.kubernetes.io/last-applied-configuration", "{}"),
            },
        };
        EndpointSlice slice = Assert.Single(Plan(endpoints).Create);
        Assert.Equal("db", slice.Metadata.Labels["app"]);
        Assert.Equal("s", slice.Metadata.Labels["kubernetes.io/service-name"]);
        Assert.Equal(
            "endpointslicemirroring-controller.k8s.io",
            slice.Metadata.Labels["endpointslice.kubernetes.io/managed-by"]);
        Assert.Equal(["a"], slice.Metadata.Annotations.Keys);
    }

    [Fact]
    public void Families_and_sets_of_ports_have_slices_of_their_own()
    {
        EndpointPort other = new() { Name = "admin", Port = 8080, Protocol = "TCP" };
        ServiceEndpoints endpoints = Endpoints(
            new EndpointSubset { Addresses = [Address("10.0.0.1"), Address("fd00::1")], Ports = [Web] },
            new EndpointSubset { Addresses = [Address("10.0.0.1")], Ports = [other] });
        Assert.Equal(
            ["IPv4 80", "IPv4 8080", "IPv6 80"],
            Plan(endpoints).Create.Select(static one => $"{one.AddressType} {one.Ports[0].Port}").Order());
    }

    [Fact]
    public void What_is_mirrored_already_is_left_alone_and_what_changed_is_replaced_in_place()
    {
        EndpointSlice stored = Stored(Assert.Single(Plan(Simple()).Create), "s-1");
        EndpointSliceMirrorPlan none = Plan(Simple(), stored);
        Assert.Empty(none.Create.Concat(none.Update).Concat(none.Delete));
        EndpointSubset changed = new() { Addresses = [Address("10.0.0.2")], Ports = [Web] };
        EndpointSliceMirrorPlan plan = Plan(Endpoints(changed), stored, Stored(stored, "s-2"));
        EndpointSlice updated = Assert.Single(plan.Update);
        Assert.Equal(("s-1", "10.0.0.2"), (updated.Metadata.Name, Assert.Single(updated.Endpoints).Addresses[0]));
        Assert.Equal("s-2", Assert.Single(plan.Delete).Metadata.Name);
    }

    [Fact]
    public void A_slice_whose_ports_are_gone_is_used_for_the_new_ones()
    {
        EndpointSlice stored = Stored(Assert.Single(Plan(Simple()).Create), "s-1");
        EndpointPort moved = new() { Name = "web", Port = 81, Protocol = "TCP" };
        EndpointSliceMirrorPlan plan =
            Plan(Endpoints(new EndpointSubset { Addresses = [Address("10.0.0.1")], Ports = [moved] }), stored);
        Assert.Empty(plan.Create.Concat(plan.Delete));
        EndpointSlice updated = Assert.Single(plan.Update);
        Assert.Equal(("s-1", 81), (updated.Metadata.Name, updated.Ports[0].Port));
    }

    [Fact]
    public void Of_a_subset_a_thousand_addresses_are_mirrored_and_a_warning_tells_of_the_rest()
    {
        EndpointAddress[] many = [.. Enumerable.Range(0, 1003).Select(
            static i => Address(string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 250}.{i % 250}")))];
        EndpointSliceMirrorPlan plan = Plan(
            Endpoints(new EndpointSubset { Addresses = [Address("nonsense"), .. many], Ports = [Web] }));
        Assert.Equal(1000, Assert.Single(plan.Create).Endpoints.Count);
        Assert.Equal(
            [
                ("InvalidIPAddress", "Skipped 1 invalid IP addresses when mirroring to EndpointSlices"),
                ("TooManyAddressesToMirror",
                    "A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. "
                        + "4 addresses were skipped"),
            ],
            plan.Warnings);
    }

    [Fact]
    public void Nothing_is_mirrored_for_selectors_locks_and_those_who_do_not_want_it()
    {
        EndpointSlice stored = Stored(Assert.Single(Plan(Simple()).Create), "s-1");
        Service selecting = Service() with
        {
            Spec = new ServiceSpec { Selector = ApiMap<string>.Empty.With("app", "db") },
        };
        ServiceEndpoints skipped = Simple() with
        {
            Metadata = Simple().Metadata with
            {
                Labels = ApiMap<string>.Empty.With("endpointslice.kubernetes.io/skip-mirror", "true"),
            },
        };
        ServiceEndpoints locked = Simple() with
        {
            Metadata = Simple().Metadata with
            {
                Annotations = ApiMap<string>.Empty.With("control-plane.alpha.kubernetes.io/leader", "{}"),
            },
        };
        (Service? Service, ServiceEndpoints? Endpoints)[] cases =
        [
            (selecting, Simple()), (null, Simple()), (Service(), null), (Service(), skipped), (Service(), locked),
        ];
        foreach ((Service? service, ServiceEndpoints? endpoints) in cases)
        {
            EndpointSliceMirrorPlan plan = EndpointSliceMirrorPlan.Compute(service, endpoints, [stored]);
            Assert.Equal([stored], plan.Delete);
            Assert.Empty(plan.Create.Concat(plan.Update));
        }
    }

    private static EndpointSliceMirrorPlan Plan(ServiceEndpoints endpoints, params EndpointSlice[] slices) =>
        EndpointSliceMirrorPlan.Compute(Service(), endpoints, slices);

    private static ServiceEndpoints Simple() =>
        Endpoints(new EndpointSubset { Addresses = [Address("10.0.0.1")], Ports = [Web] });

    private static ServiceEndpoints Endpoints(params EndpointSubset[] subsets) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "s", Namespace = "default", Uid = "e" },
        Subsets = subsets.ToApiList(),
    };

    private static Service Service() => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "s", Namespace = "default", Uid = "s" },
        Spec = new ServiceSpec { Ports = [new ServicePort { Name = "web", Protocol = "TCP", Port = 80 }] },
    };

    private static EndpointAddress Address(string address) => new() { Ip = address };

    private static EndpointSlice Stored(EndpointSlice slice, string name) =>
        slice with { Metadata = slice.Metadata with { Name = name } };
}
