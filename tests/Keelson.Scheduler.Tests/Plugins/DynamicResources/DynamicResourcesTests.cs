using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Scheduler.Framework;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Tests.Plugins.DynamicResources;

public sealed class DynamicResourcesTests
{
    private readonly TestProfile _profile = new TestProfile().With(Objects.Node("n1"), Objects.Node("n2"));

    public DynamicResourcesTests()
    {
        _profile.Informers.Add(Devices.Class("any"));
        _profile.Informers.Add(Devices.Slice("n2", Devices.Device("a")));
    }

    [Fact]
    public void A_pod_goes_where_the_devices_are()
    {
        _profile.Informers.Add(Devices.Claim("c", "r any"));
        Assert.Equal("n2", _profile.Place(Objects.Pod("p").Using("c")));
    }

    [Fact]
    public void What_is_decided_counts_until_it_shows_and_can_be_taken_back()
    {
        Claim claim = Devices.Claim("c", "r any");
        _profile.Informers.Add(claim);
        _profile.Informers.Add(Devices.Claim("d", "r any"));
        CycleState state = new();
        var pod = Objects.Pod("p").Using("c").Info();
        NodeStatuses statuses = new(_profile.Snapshot);
        Assert.Null(_profile.Profile.PreFilter(state, pod, out _, out _));
        var node = _profile.Snapshot.Find("n2")!;
        Assert.Null(_profile.Profile.FilterWithNominated(state, pod, node));
        Assert.Null(_profile.Profile.Reserve(state, pod, node));

        Assert.Equal(
            "0/2 nodes are available: resource claim default/c is in the process of being allocated.",
            _profile.Place(Objects.Pod("q").Using("c")));
        Assert.Equal(
            "0/2 nodes are available: 2 cannot allocate all claims.", _profile.Place(Objects.Pod("q").Using("d")));
        _profile.Profile.Unreserve(state, pod, "n2");
        Assert.Equal("n2", _profile.Place(Objects.Pod("q").Using("d")));
    }

    [Fact]
    public void A_pod_follows_a_claim_that_has_its_devices()
    {
        _profile.Informers.Add(Allocated("c", "n1"));
        Assert.Equal("n1", _profile.Place(Objects.Pod("p").Using("c")));
        _profile.Informers.Add(Allocated("d", "n3"));
        Assert.Equal(
            "0/2 nodes are available: 2 resourceclaim not available on the node.",
            _profile.Place(Objects.Pod("p").Using("d")));
    }

    [Fact]
    public void A_claim_is_used_by_so_many_pods_and_no_more()
    {
        Claim claim = Allocated("c", "n1");
        _profile.Informers.Add(claim with
        {
            Status = claim.Status with
            {
                ReservedFor = [.. Enumerable.Range(0, 256).Select(static i =>
                    new ResourceClaimConsumerReference { Resource = "pods", Name = $"p{i}", Uid = $"default/p{i}" })],
            },
        });
        Assert.Equal("0/2 nodes are available: resourceclaim in use.", _profile.Place(Objects.Pod("new").Using("c")));
        Assert.Equal("n1", _profile.Place(Objects.Pod("p7").Using("c")));
    }

    [Fact]
    public void What_is_missing_keeps_a_pod_out_of_the_queue()
    {
        Pod pod = Objects.Pod("p") with
        {
            Spec = new PodSpec { ResourceClaims = [new() { Name = "gpu", ResourceClaimTemplateName = "t" }] },
        };
        Assert.Equal(
            "pod \"default/p\": ResourceClaim not created yet", _profile.Profile.PreEnqueue(pod.Info())?.Message);
        pod = pod with { Status = new PodStatus { ResourceClaimStatuses = [new() { Name = "gpu",
            ResourceClaimName = "p-gpu-x" }] } };
        Assert.Equal(
            "could not find ResourceClaim \"default/p-gpu-x\"", _profile.Profile.PreEnqueue(pod.Info())?.Message);
        _profile.Informers.Add(Devices.Claim("p-gpu-x", "r any"));
        Assert.Equal(
            "ResourceClaim default/p-gpu-x was not created for pod default/p (pod is not owner)",
            _profile.Profile.PreEnqueue(pod.Info())?.Message);
        Assert.Equal(
            "0/2 nodes are available: request r: device class other does not exist.",
            Place(Devices.Claim("odd", "r other")));
    }

    [Fact]
    public void A_pod_without_claims_is_told_that_none_can_be_freed()
    {
        Assert.Equal(
            "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, "
            + "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
            _profile.Place(Objects.Pod("p", "cpu=64"), preempt: true));
    }

    [Fact]
    public void A_node_where_a_better_alternative_is_wins()
    {
        _profile.Informers.Add(Devices.Slice("n1", Devices.Device("b", "model=best")));
        _profile.Informers.Add(Devices.Claim("c", Devices.FirstOf(
            "r", "best any 1 has(device.attributes['gpu.test'].model)", "some any 1")));
        Assert.Equal("n1", _profile.Place(Objects.Pod("p").Using("c")));
    }

    private static Claim Allocated(string name, string node)
    {
        Claim claim = Devices.Claim(name, "r any");
        return claim with
        {
            Status = claim.Status with
            {
                Allocation = new()
                {
                    NodeSelector = new()
                    {
                        NodeSelectorTerms =
                            [new() { MatchFields = [new() { Key = "metadata.name", Operator = "In",
                                Values = [node] }] }],
                    },
                },
            },
        };
    }

    private string Place(Claim claim)
    {
        _profile.Informers.Add(claim);
        return _profile.Place(Objects.Pod("p").Using(claim.Metadata.Name));
    }
}
