using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Pods;
using Container = Keelson.Api.Core.V1.Container;

namespace Keelson.Nodes.Tests.Containers;

/// <summary>What containers are bound to, with either version of control groups.</summary>
public sealed class PodResourceConfigsTests
{
    [Fact]
    public void Containers_do_not_swap_and_are_killed_whole_with_version_2()
    {
        LinuxContainerResources bounds = Of(new()
        {
            MemoryBytes = 1 << 30,
            IsUnified = true,
            BoundsSwap = static () => true,
            KillsWholeContainers = true,
        });
        Assert.Equal("1", bounds.Unified["memory.oom.group"]);
        Assert.Equal("0", bounds.Unified["memory.swap.max"]);
        Assert.Equal((1 << 26, 0), (bounds.MemoryLimitInBytes, bounds.MemorySwapLimitInBytes));
    }

    [Fact]
    public void Version_1_bounds_memory_and_swap_together()
    {
        LinuxContainerResources bounds = Of(new() { MemoryBytes = 1 << 30, BoundsSwap = static () => true });
        Assert.Equal((1 << 26, 1 << 26), (bounds.MemoryLimitInBytes, bounds.MemorySwapLimitInBytes));
        Assert.Empty(bounds.Unified);
    }

    [Fact]
    public void A_kernel_that_does_not_bound_swap_is_asked_for_nothing()
    {
        LinuxContainerResources bounds = Of(new() { MemoryBytes = 1 << 30, IsUnified = true });
        Assert.Empty(bounds.Unified);
        Assert.Equal(0, bounds.MemorySwapLimitInBytes);
    }

    private static LinuxContainerResources Of(ContainerLimitsConfig machine)
    {
        Container container = new()
        {
            Name = "a",
            Resources = new()
            {
                Limits = default(ApiMap<Quantity>).With("memory", Quantity.FromValue(1 << 26)),
            },
        };
        Pod pod = new() { Spec = new() { Containers = [container] } };
        return PodResourceConfigs.Of(pod, ContainerSpec.RegularOf(pod.Spec).Single(), machine);
    }
}
