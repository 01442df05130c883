using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Nodes;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>
/// The device requests that stand for the extended resources of a pod's containers, and which container uses which
/// request. Init containers end before others start, so they use the devices of those first, and share what more they
/// need among each other.
/// </summary>
internal sealed class ExtendedRequests
{
    private readonly (Container Container, bool IsShortLived)[] _containers;
    private readonly List<DeviceRequest> _requests = [];
    private readonly List<ContainerExtendedResourceRequest> _mappings = [];

    /// <summary>Works them out.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="resources">The resources that are devices, with their classes.</param>
    public ExtendedRequests(Pod pod, IEnumerable<(string Resource, string Class)> resources)
    {
        _containers =
        [
            .. pod.Spec.InitContainers.Select(static one => (one, !PodResources.IsSidecar(one))),
            .. pod.Spec.Containers.Select(static one => (one, false)),
        ];
        foreach ((string resource, string @class) in resources.OrderBy(
            static one => one.Resource, StringComparer.Ordinal))
        {
            Add(resource, @class);
        }

        _requests.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
    }

    /// <summary>The requests, by name.</summary>
    public IReadOnlyList<DeviceRequest> Requests => _requests;

    /// <summary>Who uses them.</summary>
    public IReadOnlyList<ContainerExtendedResourceRequest> Mappings => _mappings;

    private void Add(string resource, string @class)
    {
        DeviceRequest?[] lasting = new DeviceRequest?[_containers.Length];
        for (int i = 0; i < _containers.Length; i++)
        {
            if (!_containers[i].IsShortLived)
            {
                lasting[i] = Ask(i, resource, @class, [], _mappings);
            }
        }

        List<ContainerExtendedResourceRequest> starting = [];
        List<DeviceRequest> shortLived = [];
        for (int i = 0; i < _containers.Length; i++)
        {
            if (_containers[i].IsShortLived
                && Ask(i, resource, @class, lasting.AsSpan(i), starting) is { } request)
            {
                shortLived.Add(request);
            }
        }

        // One request is enough for all init containers: the largest, the first of them.
        if (shortLived.MaxBy(static one => one.Exactly!.Count) is { } largest)
        {
            _requests.Add(largest);
            for (int i = 0; i < starting.Count; i++)
            {
                starting[i] = shortLived.Exists(one => one.Name == starting[i].RequestName)
                    ? starting[i] with { RequestName = largest.Name }
                    : starting[i];
            }
        }

        _requests.AddRange(lasting.OfType<DeviceRequest>());
        _mappings.AddRange(starting);
    }

    /// <summary>The request of a container for what the reusable ones leave; null when they are enough.</summary>
    private DeviceRequest? Ask(
        int index,
        string resource,
        string @class,
        ReadOnlySpan<DeviceRequest?> reusable,
        List<ContainerExtendedResourceRequest> mappings)
    {
        Container container = _containers[index].Container;
        if (!container.Resources.Requests.TryGetValue(resource, out var amount)
            || amount.Value is not (> 0 and var asked))
        {
            return null;
        }

        long there = 0;
        foreach (DeviceRequest? one in reusable)
        {
            if (one is null)
            {
                continue;
            }

            there += one.Exactly!.Count;
            mappings.Add(Mapping(container, resource, one.Name));
            if (there >= asked)
            {
                return null;
            }
        }

        int place = container.Resources.Requests.Keys.Count(one => string.CompareOrdinal(one, resource) < 0);
        DeviceRequest request = new()
        {
            Name = $"container-{index}-request-{place}",
            Exactly = new() { DeviceClassName = @class, AllocationMode = "ExactCount", Count = asked - there },
        };
        mappings.Add(Mapping(container, resource, request.Name));
        return request;
    }

    private static ContainerExtendedResourceRequest Mapping(Container container, string resource, string request) =>
        new() { ContainerName = container.Name, ResourceName = resource, RequestName = request };
}
