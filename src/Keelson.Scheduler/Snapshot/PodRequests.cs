using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Snapshot;

/// <summary>
/// What a pod asks of a node. Containers run side by side, init containers one after the other before them, sidecars
/// beside everything that starts after them; what the pod says as a whole stands above its containers; overhead comes
/// on top. For a pod that runs, what it holds counts as well as what it asks for, until a resize is through.
/// </summary>
internal static class PodRequests
{
    /// <summary>What scoring takes a container for that says nothing: a tenth of a processor.</summary>
    public const long DefaultMilliCpu = 100;

    /// <summary>What scoring takes a container for that says nothing: 200 MiB.</summary>
    public const long DefaultMemory = 200 * 1024 * 1024;

    /// <summary>What the pod asks for, and the same with the assumptions of scoring.</summary>
    public static (ResourceAmounts Requests, long NonZeroMilliCpu, long NonZeroMemory) Compute(Pod pod)
    {
        (ResourceAmounts plain, long cpu, long memory) = OfContainers(pod);
        ApiMap<Quantity> whole = OfPod(pod);
        foreach ((string name, Quantity amount) in whole)
        {
            if (ResourceRules.IsSupportedForPods(name))
            {
                plain.Set(name, name == ResourceName.Cpu ? amount.MilliValue : amount.Value);
                cpu = name == ResourceName.Cpu ? amount.MilliValue : cpu;
                memory = name == ResourceName.Memory ? amount.Value : memory;
            }
        }

        if (pod.Spec.Overhead.Count > 0)
        {
            ResourceAmounts overhead = ResourceAmounts.Of(pod.Spec.Overhead);
            plain.Add(overhead);
            cpu += overhead.MilliCpu;
            memory += overhead.Memory;
        }

        return (plain, cpu, memory);
    }

    private static (ResourceAmounts Plain, long Cpu, long Memory) OfContainers(Pod pod)
    {
        PodSpec spec = pod.Spec;
        bool isInfeasible = IsResizeInfeasible(pod);
        Sum running = new();
        Sum sidecars = new();
        Sum starting = new();
        foreach (Container one in spec.Containers)
        {
            running.Add(new Sum(Held(pod.Status.ContainerStatuses, one, isInfeasible)));
        }

        foreach (Container one in spec.InitContainers)
        {
            bool isSidecar = PodResources.IsSidecar(one);
            Sum needed = new(isSidecar
                ? Held(pod.Status.InitContainerStatuses, one, isInfeasible)
                : new Asked(one.Resources.Requests));
            if (isSidecar)
            {
                running.Add(needed);
                sidecars.Add(needed);
                starting.Max(sidecars);
            }
            else
            {
                needed.Add(sidecars);
                starting.Max(needed);
            }
        }

        running.Max(starting);
        return (running.Plain, running.MilliCpu, running.Memory);
    }

    private static Asked Held(ApiList<ContainerStatus> statuses, Container container, bool isInfeasible)
    {
        foreach (ContainerStatus one in statuses)
        {
            if (one.Name == container.Name && one.Resources is { } actual)
            {
                ApiMap<Quantity> held = Higher(actual.Requests, one.AllocatedResources);
                return new(isInfeasible ? held : Higher(container.Resources.Requests, held));
            }
        }

        return new(container.Resources.Requests);
    }

    private static ApiMap<Quantity> OfPod(Pod pod)
    {
        if (pod.Spec.Resources is not { Requests.Count: > 0 } asked
            || !asked.Requests.Keys.Any(ResourceRules.IsSupportedForPods))
        {
            return default;
        }

        if (pod.Status.Resources is not { } actual)
        {
            return asked.Requests;
        }

        ApiMap<Quantity> held = Higher(actual.Requests, pod.Status.AllocatedResources);
        return IsResizeInfeasible(pod) ? held : Higher(asked.Requests, held);
    }

    private static bool IsResizeInfeasible(Pod pod)
    {
        foreach (PodCondition one in pod.Status.Conditions)
        {
            if (one.Type == PodConditionType.PodResizePending)
            {
                return one.Reason == "Infeasible";
            }
        }

        return false;
    }

    private static ApiMap<Quantity> Higher(ApiMap<Quantity> left, ApiMap<Quantity> right)
    {
        foreach ((string name, Quantity amount) in right)
        {
            if (!left.TryGetValue(name, out Quantity other) || other < amount)
            {
                left = left.With(name, amount);
            }
        }

        return left;
    }

    private readonly record struct Asked(ApiMap<Quantity> Amounts);

    /// <summary>Amounts as they are, and processor and memory as scoring sees them.</summary>
    private sealed class Sum
    {
        public Sum()
        {
        }

        public Sum(Asked asked)
        {
            Plain = ResourceAmounts.Of(asked.Amounts);
            MilliCpu = asked.Amounts.ContainsKey(ResourceName.Cpu) ? Plain.MilliCpu : DefaultMilliCpu;
            Memory = asked.Amounts.ContainsKey(ResourceName.Memory) ? Plain.Memory : DefaultMemory;
        }

        public ResourceAmounts Plain { get; } = new();

        public long MilliCpu { get; private set; }

        public long Memory { get; private set; }

        public void Add(Sum other)
        {
            Plain.Add(other.Plain);
            MilliCpu += other.MilliCpu;
            Memory += other.Memory;
        }

        public void Max(Sum other)
        {
            Plain.Max(other.Plain);
            MilliCpu = Math.Max(MilliCpu, other.MilliCpu);
            Memory = Math.Max(Memory, other.Memory);
        }
    }
}
