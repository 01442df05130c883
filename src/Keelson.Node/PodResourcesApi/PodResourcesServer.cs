using Keelson.Api.Core.V1;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Placement;
using Keelson.Nodes.PodResourcesApi.Protos;
using Keelson.Nodes.Pods;
using Keelson.Rpc;

namespace Keelson.Nodes.PodResourcesApi;

/// <summary>
/// Tells programs on the node what containers have for themselves (<c>pod-resources/kubelet.sock</c>).
/// </summary>
internal sealed class PodResourcesServer(
    Func<IEnumerable<Pod>> pods, DeviceInventory devices, StaticCpus? cpus, StaticMemory? memory)
{
    private const string Service = "v1.PodResourcesLister";

    public static readonly RpcMethod<ListPodResourcesRequest, ListPodResourcesResponse> List =
        RpcMethod.Unary<ListPodResourcesRequest, ListPodResourcesResponse>(Service, "List");

    public static readonly RpcMethod<AllocatableResourcesRequest, AllocatableResourcesResponse> GetAllocatable =
        RpcMethod.Unary<AllocatableResourcesRequest, AllocatableResourcesResponse>(
            Service, "GetAllocatableResources");

    public static readonly RpcMethod<GetPodResourcesRequest, GetPodResourcesResponse> Get =
        RpcMethod.Unary<GetPodResourcesRequest, GetPodResourcesResponse>(Service, "Get");

    /// <summary>Where calls are counted; null for nowhere.</summary>
    public PlacementMetrics? Metrics { get; init; }

    /// <summary>Starts to serve.</summary>
    public Task<RpcHost> StartAsync(string rootDirectory, CancellationToken cancellationToken)
    {
        string directory = Path.Combine(rootDirectory, "pod-resources");
        Directory.CreateDirectory(directory);
        RpcServer server = new RpcServerBuilder()
            .Unary(List, (_, _) =>
            {
                Called(Metrics?.PodResourcesLists);
                return Answer(
                    Metrics?.PodResourcesListErrors,
                    () => new ListPodResourcesResponse { PodResources = { pods().Select(Of) } });
            })
            .Unary(GetAllocatable, (_, _) =>
            {
                Called(Metrics?.PodResourcesAllocatable);
                return Answer(Metrics?.PodResourcesAllocatableErrors, Allocatable);
            })
            .Unary(Get, (request, _) =>
            {
                Called(Metrics?.PodResourcesGets);
                return Answer(Metrics?.PodResourcesGetErrors, () => new GetPodResourcesResponse
                {
                    PodResources = Of(pods().FirstOrDefault(one =>
                        one.Metadata.Name == request.PodName && one.Metadata.Namespace == request.PodNamespace)
                        ?? throw new RpcException(
                            RpcStatusCode.Unknown,
                            $"pod {request.PodName} in namespace {request.PodNamespace} not found")),
                });
            })
            .Build();
        return RpcHost.StartAsync(
            server, [RpcListener.Unix(Path.Combine(directory, "kubelet.sock"))], cancellationToken);
    }

    private static Task<T> Answer<T>(NumberMetric? errors, Func<T> answer)
    {
        try
        {
            return Task.FromResult(answer());
        }
        catch
        {
            errors?.Count("v1");
            throw;
        }
    }

    private void Called(NumberMetric? method)
    {
        Metrics?.PodResourcesCalls.Count("v1");
        method?.Count("v1");
    }

    private Protos.PodResources Of(Pod pod)
    {
        Protos.PodResources all = new()
        {
            Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace,
        };
        foreach (ContainerSpec one in ContainerSpec.InitOf(pod.Spec).Where(static one =>
            one.Role == ContainerRole.Sidecar).Concat(ContainerSpec.RegularOf(pod.Spec)))
        {
            ContainerResources container = new() { Name = one.Name };
            foreach (DeviceGrant grant in devices.GrantsOf(pod.Metadata.Uid, one.Name))
            {
                container.Devices.AddRange(Group(
                    grant.Resource, devices.DevicesOf(grant.Resource).Where(it => grant.Ids.Contains(it.Id))));
            }

            container.CpuIds.AddRange((cpus?.Of(pod.Metadata.Uid, one.Name) ?? []).Select(static id => (long)id));
            if (memory?.Of(pod.Metadata.Uid, one.Name) is { } given)
            {
                container.Memory.Add(Memory((ulong)given.Bytes, given.Nodes.Nodes));
            }

            all.Containers.Add(container);
        }

        return all;
    }

    private AllocatableResourcesResponse Allocatable()
    {
        AllocatableResourcesResponse all = new();
        foreach (string resource in devices.Resources)
        {
            all.Devices.AddRange(Group(resource, devices.DevicesOf(resource)));
        }

        all.CpuIds.AddRange((cpus?.Allocatable ?? []).Select(static id => (long)id));
        foreach ((int node, long bytes) in memory?.Capacity ?? new Dictionary<int, long>())
        {
            all.Memory.Add(Memory((ulong)bytes, [node]));
        }

        return all;
    }

    /// <summary>Devices that are close to the same NUMA nodes are told of together.</summary>
    private static IEnumerable<ContainerDevices> Group(string resource, IEnumerable<KnownDevice> all)
    {
        foreach (var group in all.GroupBy(static one => NumaMask.Of(one.NumaNodes)).OrderBy(static one => one.Key.Bits))
        {
            ContainerDevices some = new() { ResourceName = resource };
            some.DeviceIds.AddRange(group.Select(static one => one.Id).Order(StringComparer.Ordinal));
            some.Topology = group.Key.Count > 0 ? Topology(group.Key.Nodes) : null;
            yield return some;
        }
    }

    private static ContainerMemory Memory(ulong bytes, IEnumerable<int> nodes) =>
        new() { MemoryType = "memory", Size = bytes, Topology = Topology(nodes) };

    private static TopologyInfo Topology(IEnumerable<int> nodes)
    {
        TopologyInfo topology = new();
        topology.Nodes.AddRange(nodes.Select(static one => new NUMANode { ID = one }));
        return topology;
    }
}
