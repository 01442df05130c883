using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Resize;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Statuses;

/// <summary>The resources that containers are reported to have.</summary>
internal static class ResourceStatuses
{
    // Amounts that control groups can't tell from none are not told of.
    private const long FewestMilliCpu = 2;
    private const long ShortestMilliCpuLimit = 10;

    /// <summary>
    /// What a pod as a whole has. Before it runs that is what it asks for; then what its control group holds it to:
    /// processors and memory, limits where all its containers have them.
    /// </summary>
    public static ResourceRequirements Of(Pod pod, PodAllocation? actuated)
    {
        if (pod.Status.Phase != PodPhase.Running)
        {
            return new() { Requests = PodAmounts.Requests(pod), Limits = PodAmounts.Limits(pod) };
        }

        Pod inForce = actuated?.Apply(pod) ?? pod;
        PodBounds bounds = PodBounds.Of(inForce);
        ApiMap<Quantity> requests = pod.Spec.Resources?.Requests ?? default;
        ApiMap<Quantity> limits = pod.Spec.Resources?.Limits ?? default;
        ApiMap<Quantity> asked = PodAmounts.Requests(inForce);
        ApiMap<Quantity> limited = PodAmounts.Limits(inForce);
        if (asked.TryGetValue("cpu", out Quantity cpu) && cpu.MilliValue > FewestMilliCpu)
        {
            requests = requests.With("cpu", cpu);
        }

        if (asked.TryGetValue("memory", out Quantity memory))
        {
            requests = requests.With("memory", memory);
        }

        if (bounds.CpuQuota is not null && limited.TryGetValue("cpu", out Quantity cpuLimit)
            && cpuLimit.MilliValue > ShortestMilliCpuLimit)
        {
            limits = limits.With("cpu", cpuLimit);
        }

        if (bounds.Memory is { } bytes)
        {
            limits = limits.With("memory", limited.TryGetValue("memory", out Quantity exact) && exact.Value == bytes
                ? exact
                : Quantity.FromValue(bytes, QuantityFormat.BinarySI));
        }

        return new() { Requests = requests, Limits = limits };
    }

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
