using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>What a pod asks for in all, and the class of service that follows from it.</summary>
public static class PodResources
{
    /// <summary>
    /// What the containers request together: the sum of containers and sidecars, or what the most demanding init
    /// container needs beside the sidecars that run already, whichever is more.
    /// </summary>
    public static ApiMap<Quantity> AggregateContainerRequests(PodSpec spec) =>
        Aggregate(spec, one => one.Resources.Requests);

    /// <summary>The limits of the containers together, counted like requests.</summary>
    public static ApiMap<Quantity> AggregateContainerLimits(PodSpec spec) =>
        Aggregate(spec, one => one.Resources.Limits);

    /// <summary>True for an init container that goes on running beside the containers.</summary>
    public static bool IsSidecar(Container container) => container.RestartPolicy == ContainerRestartPolicy.Always;

    /// <summary>The pod's class of service as its resources have it: Guaranteed, Burstable or BestEffort.</summary>
    public static string ComputeQosClass(PodSpec spec)
    {
        if (spec.Resources is { } resources)
        {
            bool limited = resources.Limits.Count == 0 || HasBoth(resources.Limits);
            return Classify(Compute([], resources.Requests), Compute([], resources.Limits), limited);
        }

        Dictionary<string, Quantity> requests = [];
        Dictionary<string, Quantity> limits = [];
        bool allLimited = true;
        foreach (Container one in spec.Containers.Concat(spec.InitContainers))
        {
            Compute(requests, one.Resources.Requests);
            Compute(limits, one.Resources.Limits);
            allLimited &= HasBoth(one.Resources.Limits);
        }

        return Classify(requests, limits, allLimited);
    }

    private static string Classify(
        Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits, bool allLimited)
    {
        if (requests.Count == 0 && limits.Count == 0)
        {
            return PodQOSClass.BestEffort;
        }

        bool guaranteed = allLimited && requests.Count == limits.Count
            && requests.All(one => limits.TryGetValue(one.Key, out Quantity limit) && limit == one.Value);
        return guaranteed ? PodQOSClass.Guaranteed : PodQOSClass.Burstable;
    }

    /// <summary>Only CPU and memory make the class, and only where more than nothing is asked for.</summary>
    private static Dictionary<string, Quantity> Compute(Dictionary<string, Quantity> sums, ApiMap<Quantity> added)
    {
        foreach ((string name, Quantity amount) in added)
        {
            if (name is ResourceName.Cpu or ResourceName.Memory && amount.Sign > 0)
            {
                sums[name] = sums.TryGetValue(name, out Quantity sum) ? sum + amount : amount;
            }
        }

        return sums;
    }

    private static bool HasBoth(ApiMap<Quantity> limits) =>
        limits.TryGetValue(ResourceName.Cpu, out Quantity cpu) && cpu.Sign > 0
        && limits.TryGetValue(ResourceName.Memory, out Quantity memory) && memory.Sign > 0;

    private static ApiMap<Quantity> Aggregate(PodSpec spec, Func<Container, ApiMap<Quantity>> amounts)
    {
        ApiMap<Quantity> running = default;
        ApiMap<Quantity> sidecars = default;
        ApiMap<Quantity> starting = default;
        foreach (Container one in spec.Containers)
        {
            running = Add(running, amounts(one));
        }

        foreach (Container one in spec.InitContainers)
        {
            ApiMap<Quantity> needed = Add(amounts(one), sidecars);
            if (IsSidecar(one))
            {
                running = Add(running, amounts(one));
                sidecars = needed;
            }

            starting = Max(starting, needed);
        }

        return Max(running, starting);
    }

    private static ApiMap<Quantity> Add(ApiMap<Quantity> left, ApiMap<Quantity> right)
    {
        foreach ((string name, Quantity amount) in right)
        {
            left = left.With(name, left.TryGetValue(name, out Quantity sum) ? sum + amount : amount);
        }

        return left;
    }

    private static ApiMap<Quantity> Max(ApiMap<Quantity> left, ApiMap<Quantity> right)
    {
        foreach ((string name, Quantity amount) in right)
        {
            left = left.TryGetValue(name, out Quantity other) && other >= amount ? left : left.With(name, amount);
        }

        return left;
    }
}
