using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>Requests and limits as the runtime has them.</summary>
internal static class PodResourceConfigs
{
    private const int GuaranteedScore = -997;
    private const int BestEffortScore = 1000;
    private const int SystemCriticalPriority = 2_000_000_000;

    /// <summary>What a container is bound to.</summary>
    public static Proto.LinuxContainerResources Of(Pod pod, ContainerSpec one, ContainerLimitsConfig machine)
    {
        ApiMap<Quantity> limits = one.Container.Resources.Limits;
        ApiMap<Quantity> requests = one.Container.Resources.Requests;
        long cpuLimit = Milli(limits, "cpu");
        long cpuRequest = requests.ContainsKey("cpu") ? Milli(requests, "cpu") : cpuLimit;
        Proto.LinuxContainerResources resources = new()
        {
            CpuPeriod = CpuShares.Period,
            CpuQuota = CpuShares.QuotaOf(cpuLimit),
            CpuShares = CpuShares.Of(cpuRequest),
            MemoryLimitInBytes = limits.TryGetValue("memory", out Quantity memory) ? memory.Value : 0,
            OomScoreAdj = OomScore(pod, one, machine.MemoryBytes),
        };
        foreach ((string size, long limit) in HugePages.LimitsOf(pod, one.Container, HugePages.Sizes))
        {
            resources.HugepageLimits.Add(new Proto.HugepageLimit { PageSize = size, Limit = (ulong)limit });
        }

        if (machine.KillsWholeContainers)
        {
            resources.Unified["memory.oom.group"] = "1";
        }

        AddNoSwap(resources, machine);
        return resources;
    }

    /// <summary>
    /// Containers do not swap. Version 1 bounds memory and swap together; it ignores that bound without one of memory.
    /// </summary>
    private static void AddNoSwap(Proto.LinuxContainerResources resources, ContainerLimitsConfig machine)
    {
        if (machine.IsUnified && machine.BoundsSwap())
        {
            resources.Unified["memory.swap.max"] = "0";
        }
        else if (machine.BoundsSwap())
        {
            resources.MemorySwapLimitInBytes = resources.MemoryLimitInBytes;
        }
    }

    /// <summary>What a whole pod is bound to, for the sandbox.</summary>
    public static Proto.LinuxContainerResources OfPod(Pod pod)
    {
        PodBounds bounds = PodBounds.Of(pod);
        return new()
        {
            CpuPeriod = CpuShares.Period,
            CpuShares = bounds.CpuShares,
            CpuQuota = bounds.CpuQuota ?? 0,
            MemoryLimitInBytes = bounds.Memory ?? 0,
        };
    }

    /// <summary>How soon a container's processes are killed when memory runs out.</summary>
    public static int OomScore(Pod pod, ContainerSpec one, long memoryCapacity)
    {
        if (pod.Spec.Priority >= SystemCriticalPriority || QosOf(pod) == PodQOSClass.Guaranteed)
        {
            return GuaranteedScore;
        }

        if (QosOf(pod) == PodQOSClass.BestEffort)
        {
            return BestEffortScore;
        }

        long request = one.Container.Resources.Requests.GetValueOrDefault("memory").Value;
        int score = memoryCapacity > 0 ? (int)(1000 - (1000 * (Int128)request / memoryCapacity)) : 999;
        if (one.Role == ContainerRole.Sidecar)
        {
            // A sidecar is not killed before the container it serves.
            foreach (ContainerSpec other in ContainerSpec.RegularOf(pod.Spec))
            {
                score = Math.Min(score, OomScore(pod, other, memoryCapacity));
            }
        }

        return Math.Clamp(score, 1000 + GuaranteedScore, BestEffortScore - 1);
    }

    /// <summary>The pod's class.</summary>
    public static string QosOf(Pod pod) =>
        pod.Status.QosClass.Length > 0 ? pod.Status.QosClass : PodResources.ComputeQosClass(pod.Spec);

    private static long Milli(ApiMap<Quantity> amounts, string name) =>
        amounts.TryGetValue(name, out Quantity amount) ? amount.MilliValue : 0;
}

/// <summary>What a pod as a whole is bound to.</summary>
/// <param name="CpuShares">CPU shares of all requests.</param>
/// <param name="CpuQuota">Microseconds of CPU a period; null for no limit.</param>
/// <param name="Memory">Bytes; null for no limit.</param>
internal readonly record struct PodBounds(long CpuShares, long? CpuQuota, long? Memory)
{
    /// <summary>The bounds: limits count when every container has one.</summary>
    public static PodBounds Of(Pod pod)
    {
        ApiMap<Quantity> requests = PodResources.AggregateContainerRequests(pod.Spec);
        ApiMap<Quantity> limits = PodResources.AggregateContainerLimits(pod.Spec);
        requests = Override(requests, pod.Spec.Resources?.Requests ?? default);
        limits = Override(limits, pod.Spec.Resources?.Limits ?? default);
        bool AllHave(string name) => pod.Spec.Resources?.Limits.ContainsKey(name) == true
            || ContainerSpec.InitOf(pod.Spec).Concat(ContainerSpec.RegularOf(pod.Spec))
                .All(one => one.Container.Resources.Limits.ContainsKey(name));
        long cpu = (requests.GetValueOrDefault("cpu") + pod.Spec.Overhead.GetValueOrDefault("cpu")).MilliValue;
        Quantity cpuLimit = limits.GetValueOrDefault("cpu") + pod.Spec.Overhead.GetValueOrDefault("cpu");
        Quantity memory = limits.GetValueOrDefault("memory") + pod.Spec.Overhead.GetValueOrDefault("memory");
        return new(
            Containers.CpuShares.Of(cpu),
            AllHave("cpu") && !cpuLimit.IsZero ? Containers.CpuShares.QuotaOf(cpuLimit.MilliValue) : null,
            AllHave("memory") && !memory.IsZero ? memory.Value : null);
    }

    /// <summary>The wider of two.</summary>
    public PodBounds Or(PodBounds other) => new(
        Math.Max(CpuShares, other.CpuShares),
        CpuQuota is { } quota && other.CpuQuota is { } otherQuota ? Math.Max(quota, otherQuota) : null,
        Memory is { } memory && other.Memory is { } otherMemory ? Math.Max(memory, otherMemory) : null);

    private static ApiMap<Quantity> Override(ApiMap<Quantity> amounts, ApiMap<Quantity> wanted)
    {
        foreach (KeyValuePair<string, Quantity> one in wanted)
        {
            amounts = amounts.With(one.Key, one.Value);
        }

        return amounts;
    }
}
