using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Statuses;

/// <summary>The resources that containers are reported to have.</summary>
internal static class ResourceStatuses
{
    /// <summary>
    /// What a container has: what was asked for, and for one that runs CPU and memory as the runtime enforces them.
    /// </summary>
    public static ResourceRequirements Of(Container container, ContainerPicture picture)
    {
        ResourceRequirements wanted =
            new() { Limits = container.Resources.Limits, Requests = container.Resources.Requests };
        if (picture.Phase != ContainerPhase.Running || picture.Resources is not { } actual)
        {
            return wanted;
        }

        ApiMap<Quantity> limits = wanted.Limits;
        ApiMap<Quantity> requests = wanted.Requests;
        if (limits.TryGetValue("cpu", out Quantity cpu) && actual.CpuQuota > 0 && actual.CpuPeriod > 0
            && CpuShares.QuotaOf(cpu.MilliValue) != actual.CpuQuota)
        {
            limits = limits.With("cpu", Quantity.FromMilli(actual.CpuQuota * 1000 / actual.CpuPeriod));
        }

        if (limits.TryGetValue("memory", out Quantity memory) && actual.MemoryLimitInBytes > 0
            && memory.Value != actual.MemoryLimitInBytes)
        {
            limits = limits.With("memory", Quantity.FromValue(actual.MemoryLimitInBytes, QuantityFormat.BinarySI));
        }

        if (requests.TryGetValue("cpu", out Quantity share) && actual.CpuShares > 0
            && CpuShares.Of(share.MilliValue) != actual.CpuShares)
        {
            requests = requests.With("cpu", Quantity.FromMilli(actual.CpuShares * 1000 / 1024));
        }

        return wanted with { Limits = limits, Requests = requests };
    }
}
