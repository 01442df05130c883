using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Controllers.DeviceTaintEviction;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.Tests.DeviceTaintEviction;

public sealed class DeviceEvictionPlanTests
{
    private static readonly DateTimeOffset Added = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // A toleration is effect:key=value:seconds; the result is in seconds after the taint was added.
    [Theory]
    [InlineData("", 0.0)]
    [InlineData("NoExecute:gpu=broken:", null)]
    [InlineData("NoExecute:gpu=broken:30", 30.0)]
    [InlineData("NoExecute:gpu=broken:-1", 0.0)]
    [InlineData("NoExecute:gpu=broken:30 NoExecute:gpu=broken:20", 20.0)]
    [InlineData("NoExecute:gpu=fine:30", 0.0)]
    [InlineData("NoExecute:other=broken:30", 0.0)]
    [InlineData("NoSchedule:gpu=broken:", 0.0)]
    [InlineData(":gpu=broken:", 0.0)]
    public void Tolerations_that_name_the_effect_keep_a_pod_for_a_while_or_for_ever(
        string tolerations, double? expected)
    {
        DeviceToleration[] parsed = [.. tolerations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        DateTimeOffset? end = DeviceEvictionPlan.Compute(Pod(), _ => ClaimOf(parsed), _ => Device(Broken()));
        Assert.Equal(expected, (end - Added)?.TotalSeconds);
    }

    [Fact]
    public void The_taint_that_ends_first_counts_and_those_that_dont_evict_dont()
    {
        Device device = Device(
            Broken() with { TimeAdded = new(Added.AddSeconds(50)) },
            Broken() with { Key = "hot", TimeAdded = new(Added.AddSeconds(20)) },
            new DeviceTaint { Key = "old", Effect = DeviceTaintEffect.NoSchedule, TimeAdded = new(Added) },
            new DeviceTaint { Key = "seen", Effect = DeviceTaintEffect.None, TimeAdded = new(Added) });
        Assert.Equal(Added.AddSeconds(20), DeviceEvictionPlan.Compute(Pod(), _ => ClaimOf(), _ => device));
    }

    [Fact]
    public void Who_has_no_node_no_devices_or_a_claim_that_others_use_stays()
    {
        Pod waiting = Pod();
        waiting = waiting with { Spec = waiting.Spec with { NodeName = "" } };
        Claim claim = ClaimOf();
        Claim others = claim with
        {
            Status = claim.Status with { ReservedFor = [claim.Status.ReservedFor[0] with { Uid = "another" }] },
        };
        Device device = Device(Broken());
        Assert.Null(DeviceEvictionPlan.Compute(waiting, _ => claim, _ => device));
        Assert.Null(DeviceEvictionPlan.Compute(Pod(), _ => others, _ => device));
        Assert.Null(DeviceEvictionPlan.Compute(Pod(), _ => claim with { Status = new() }, _ => device));
        Assert.Null(DeviceEvictionPlan.Compute(Pod(), _ => null, _ => device));
        Assert.Null(DeviceEvictionPlan.Compute(Pod(), _ => claim, _ => null));
        Assert.Equal(Added, DeviceEvictionPlan.Compute(Pod(), _ => claim, _ => device));
    }

    private static DeviceTaint Broken() => new()
    {
        Key = "gpu", Value = "broken", Effect = DeviceTaintEffect.NoExecute, TimeAdded = new(Added),
    };

    private static Device Device(params DeviceTaint[] taints) => new() { Name = "d", Taints = taints };

    private static DeviceToleration Parse(string text)
    {
        string[] parts = text.Split(':', '=');
        return new()
        {
            Effect = parts[0], Key = parts[1], Value = parts[2], Operator = "Equal",
            TolerationSeconds = parts[3].Length == 0 ? null : long.Parse(parts[3]),
        };
    }

    private static Pod Pod() => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "p", Namespace = "default", Uid = "u" },
        Spec = new PodSpec
        {
            NodeName = "n",
            ResourceClaims = [new PodResourceClaim { Name = "gpu", ResourceClaimName = "claim" }],
        },
    };

    private static Claim ClaimOf(params DeviceToleration[] tolerations) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "claim", Namespace = "default" },
        Status = new ResourceClaimStatus
        {
            ReservedFor = [new() { Resource = "pods", Name = "p", Uid = "u" }],
            Allocation = new AllocationResult
            {
                Devices = new DeviceAllocationResult
                {
                    Results =
                    [
                        new()
                        {
                            Request = "r", Driver = "driver", Pool = "pool", Device = "d", Tolerations = tolerations,
                        },
                    ],
                },
            },
        },
    };
}
