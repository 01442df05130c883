using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.VolumeBinding;
using Keelson.Scheduler.Snapshot;
using static Keelson.Scheduler.Tests.Storage;

namespace Keelson.Scheduler.Tests.Plugins.VolumeBinding;

/// <summary>Where pods may be because of their volumes: VolumeBinding, VolumeRestrictions, VolumeZone,
/// limits.</summary>
public sealed class VolumePluginsTests
{
    private readonly TestProfile _profile = new TestProfile().With(
        Objects.Node("a", labels: "zone=a,topology.kubernetes.io/zone=a"),
        Objects.Node("b", labels: "zone=b,topology.kubernetes.io/zone=b"));

    private EmptyInformers Objs => _profile.Informers;

    [Fact]
    public void A_pod_whose_claims_are_missing_or_unbound_fits_nowhere()
    {
        Objs.Add(Class("now", "p", "Immediate"));
        Objs.Add(Claim("early", @class: "now"));
        Objs.Add(Claim("lost") with { Status = new() { Phase = "Lost" } });
        Assert.Equal(
            "0/2 nodes are available: persistentvolumeclaim \"gone\" not found.", Place("gone"));
        Assert.Equal(
            "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.", Place("early"));
        Assert.Equal(
            "0/2 nodes are available: persistentvolumeclaim \"lost\" bound to non-existent persistentvolume \"\".",
            Place("lost"));
    }

    [Fact]
    public void A_pod_goes_where_its_volumes_can_be_used()
    {
        Objs.Add(Claim("here", "v"));
        Objs.Add(Claim("nowhere", "w"));
        Objs.Add(Claim("gone", "missing"));
        Objs.Add(Volume("v", zone: "b"));
        Objs.Add(Volume("w", zone: "c"));
        Assert.Equal("b", Place("here"));
        Assert.Equal(
            "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.", Place("nowhere"));
    }

    // Volumes are name:zone:size.
    [Theory]
    [InlineData("v:a:5Gi", "none", "", "a")]
    [InlineData("v:b:10Gi", "none", "", "b")]
    [InlineData("v:a:4Gi", "none", "", "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.")]
    [InlineData("", "csi.test", "volume.kubernetes.io/selected-node=b", "b")]
    [InlineData("v:a:5Gi", "csi.test", "volume.kubernetes.io/selected-node=b", "b")]
    public void A_claim_that_waits_for_its_pod_decides_where_the_pod_may_be(
        string volume, string provisioner, string annotations, string expected)
    {
        Objs.Add(Class("late", provisioner == "none" ? "kubernetes.io/no-provisioner" : provisioner));
        Objs.Add(Claim("c", annotations: annotations));
        if (volume.Split(':') is [string name, string zone, string size])
        {
            Objs.Add(Volume(name, zone, size));
        }

        Assert.Equal(expected, Place("c"));
    }

    [Fact]
    public void The_smallest_volume_is_taken_and_is_nobody_elses_until_it_is_given_back()
    {
        Objs.Add(Class("late", "kubernetes.io/no-provisioner"));
        Objs.Add(Claim("c1"));
        Objs.Add(Claim("c2"));
        Objs.Add(Claim("meant"));
        Objs.Add(Volume("large", "a", "50Gi"));
        Objs.Add(Volume("small", "a", "6Gi"));
        Objs.Add(Volume("reserved", "b", "5Gi", @for: "meant"));
        Assert.Equal("b", Place("meant"));
        PodInfo first = Objects.Pod("1").Claiming("c1").Info();
        NodeInfo node = _profile.Snapshot.Find("a")!;
        CycleState state = new();
        _profile.Profile.PreFilter(state, first, out _, out _);
        Assert.Null(_profile.Profile.Reserve(state, first, node));
        Assert.Equal(["large"], Taken("c2", node));
        _profile.Profile.Unreserve(state, first, "a");
        Assert.Equal(["small"], Taken("c2", node));
        Assert.Equal(["small", "large"], Taken("c1,c2", node));
    }

    [Theory]
    [InlineData("10Gi", "", "a")]
    [InlineData("4Gi", "", "0/2 nodes are available: 2 node(s) did not have enough free storage.")]
    [InlineData("10Gi", "3Gi", "0/2 nodes are available: 2 node(s) did not have enough free storage.")]
    public void Drivers_that_tell_their_capacity_make_volumes_only_where_they_have_it(
        string capacity, string largest, string expected)
    {
        Objs.Add(Class("late", "csi.test"));
        Objs.Add(Claim("c"));
        Objs.Add(new CSIDriver
        {
            Metadata = ObjectMeta.Empty with { Name = "csi.test" }, Spec = new() { StorageCapacity = true },
        });
        Objs.Add(new CSIStorageCapacity
        {
            Metadata = ObjectMeta.Empty with { Namespace = "default", Name = "x" },
            StorageClassName = "late",
            NodeTopology = new() { MatchLabels = Objects.Labels("zone=a") },
            Capacity = Objects.Amounts("x=" + capacity)["x"],
            MaximumVolumeSize = largest.Length == 0 ? null : Objects.Amounts("x=" + largest)["x"],
        });
        Assert.Equal(expected, Place("c"));
    }

    [Fact]
    public void A_claim_for_one_pod_is_refused_to_a_second_one_anywhere()
    {
        Objs.Add(Claim("c", "v", mode: "ReadWriteOncePod"));
        Objs.Add(Volume("v"));
        _profile.With(Objects.Pod("user", node: "a").Claiming("c"));
        Assert.Equal(
            "0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and "
            + "ReadWriteOncePod access mode.",
            Place("c"));
    }

    [Theory]
    [InlineData(true, true, "a")]
    [InlineData(true, false, "0/1 nodes are available: 1 node(s) had no available disk.")]
    public void A_disk_is_shared_only_for_reading(bool one, bool other, string expected)
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a")).With(Disk("x", one, "a"));
        Assert.Equal(expected, profile.Place(Disk("y", other, "")));
    }

    [Fact]
    public void Volumes_of_a_zone_keep_their_pods_there()
    {
        Objs.Add(Claim("b", "v"));
        Objs.Add(Claim("c", "w"));
        Objs.Add(Volume("v", labels: "failure-domain.beta.kubernetes.io/zone=b__c"));
        Objs.Add(Volume("w", labels: "topology.kubernetes.io/zone=c"));
        Assert.Equal("b", Place("b"));
        Assert.Equal("0/2 nodes are available: 2 node(s) had no available volume zone.", Place("c"));
    }

    [Fact]
    public void A_node_takes_no_more_volumes_than_its_driver_can_attach()
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a"));
        profile.Informers.Add(new CSINode
        {
            Metadata = ObjectMeta.Empty with { Name = "a" },
            Spec = new()
            {
                Drivers = [new() { Name = "csi.test", NodeID = "a", Allocatable = new() { Count = 2 } }],
            },
        });
        foreach (string name in (string[])["1", "2", "3"])
        {
            profile.Informers.Add(Claim("c" + name, "v" + name));
            profile.Informers.Add(Volume("v" + name, handle: "h" + name));
        }

        profile.With(Objects.Pod("there", node: "a").Claiming("c1"));
        Assert.Equal("a", profile.Place(Objects.Pod("p").Claiming("c1", "c2")));
        Assert.Equal(
            "0/1 nodes are available: 1 node(s) exceed max volume count.",
            profile.Place(Objects.Pod("p").Claiming("c2", "c3")));
    }

    private static Pod Disk(string name, bool readOnly, string node)
    {
        Pod pod = Objects.Pod(name, node: node);
        VolumeSource source = new() { GcePersistentDisk = new() { PdName = "disk", ReadOnly = readOnly } };
        return pod with { Spec = pod.Spec with { Volumes = [new() { Name = "d", VolumeSource = source }] } };
    }

    private string Place(string claim) => _profile.Place(Objects.Pod("p").Claiming(claim));

    private string[] Taken(string claims, NodeInfo node)
    {
        VolumeBindingPlugin plugin = _profile.Profile.Plugins.All.OfType<VolumeBindingPlugin>().Single();
        CycleState state = new();
        PodInfo pod = Objects.Pod("p").Claiming(claims.Split(',')).Info();
        Assert.Null(plugin.PreFilter(state, pod, out _));
        Assert.Null(plugin.Decide(state, node, out VolumeDecision decision));
        return [.. decision.Bindings.Select(static one => one.Volume.Metadata.Name)];
    }
}
