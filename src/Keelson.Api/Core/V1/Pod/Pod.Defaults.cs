using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Pod
{
    /// <inheritdoc cref="Kinds.IKind{T}.SetDefaults"/>
    public static Pod SetDefaults(Pod pod)
    {
        PodSpec spec = PodSpec.SetDefaults(pod.Spec);
        spec = spec with
        {
            Containers = spec.Containers.Map(spec.HostNetwork ? DefaultOnHostNetwork : DefaultRequests),
            InitContainers = spec.InitContainers.Map(spec.HostNetwork ? DefaultOnHostNetwork : DefaultRequests),
            EnableServiceLinks = spec.EnableServiceLinks ?? true,
        };
        return pod with { Spec = DefaultPodResources(spec), Status = DefaultStatus(pod.Status) };
    }

    /// <summary>Who limits a resource without requesting it, requests the limit; templates stay as written.</summary>
    private static Container DefaultRequests(Container container)
    {
        ApiMap<Quantity> requests = container.Resources.Requests;
        foreach ((string name, Quantity limit) in container.Resources.Limits)
        {
            requests = requests.ContainsKey(name) ? requests : requests.With(name, limit);
        }

        return requests.Count == container.Resources.Requests.Count
            ? container
            : container with { Resources = container.Resources with { Requests = requests } };
    }

    private static Container DefaultOnHostNetwork(Container container)
    {
        ApiList<ContainerPort> ports = container.Ports.Map(
            port => port.HostPort == 0 ? port with { HostPort = port.ContainerPortValue } : port);
        return DefaultRequests(container with { Ports = ports });
    }

    /// <summary>
    /// What a pod as a whole asks for is completed where it is partly given: limits on huge pages and requests come from
    /// the containers, other requests from the pod's limits.
    /// </summary>
    private static PodSpec DefaultPodResources(PodSpec spec)
    {
        if (spec.Resources is not { } resources || (resources.Limits.Count == 0 && resources.Requests.Count == 0))
        {
            return spec;
        }

        ApiMap<Quantity> limits = resources.Limits;
        foreach ((string name, Quantity limit) in PodResources.AggregateContainerLimits(spec))
        {
            bool isOpen = ResourceRules.IsHugePages(name)
                && !resources.Requests.ContainsKey(name)
                && !limits.ContainsKey(name);
            limits = isOpen ? limits.With(name, limit) : limits;
        }

        ApiMap<Quantity> requests = DefaultPodRequests(spec, limits, resources.Requests);
        return spec with { Resources = resources with { Limits = limits, Requests = requests } };
    }

    private static ApiMap<Quantity> DefaultPodRequests(PodSpec spec, ApiMap<Quantity> limits, ApiMap<Quantity> requests)
    {
        if (limits.Count == 0)
        {
            return requests;
        }

        foreach ((string name, Quantity request) in PodResources.AggregateContainerRequests(spec))
        {
            bool isOpen = !requests.ContainsKey(name)
                && ResourceRules.IsSupportedForPods(name)
                && ResourceRules.IsOvercommitAllowed(name);
            requests = isOpen ? requests.With(name, request) : requests;
        }

        foreach ((string name, Quantity limit) in limits)
        {
            bool isOpen = !requests.ContainsKey(name) && ResourceRules.IsSupportedForPods(name);
            requests = isOpen ? requests.With(name, limit) : requests;
        }

        return requests;
    }

    private static PodStatus DefaultStatus(PodStatus status)
    {
        ApiList<ContainerStatus> inits = status.InitContainerStatuses.Map(DefaultStatus);
        ApiList<ContainerStatus> containers = status.ContainerStatuses.Map(DefaultStatus);
        status = inits == status.InitContainerStatuses && containers == status.ContainerStatuses
            && status.NodeAllocatableResourceClaimStatuses.IsAbsent
            ? status
            : status with
            {
                InitContainerStatuses = inits,
                ContainerStatuses = containers,
                NodeAllocatableResourceClaimStatuses = default,
            };
        return SyncAddresses(status);
    }

    /// <summary>Clients may know the pod's one address or the list only; where both are given, the one counts.</summary>
    private static PodStatus SyncAddresses(PodStatus status)
    {
        string first = status.PodIPs.Count > 0 ? status.PodIPs[0].Ip : "";
        if (first == status.PodIP)
        {
            return status;
        }

        return status.PodIP.Length == 0
            ? status with { PodIP = first }
            : status with { PodIPs = [new PodIP { Ip = status.PodIP }] };
    }

    private static ContainerStatus DefaultStatus(ContainerStatus status)
    {
        ApiMap<Quantity> allocated = ResourceRules.SetDefaults(status.AllocatedResources);
        ResourceRequirements? resources = status.Resources is null ? null : ResourceRules.SetDefaults(status.Resources);
        return allocated == status.AllocatedResources
            && ReferenceEquals(resources, status.Resources)
            && status.StopSignal is null
            ? status
            : status with { AllocatedResources = allocated, Resources = resources, StopSignal = null };
    }
}
