using Keelson.Api.Core.V1;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Placement;
using Keelson.Nodes.PodResourcesApi.Protos;
using Keelson.Nodes.Pods;
using Keelson.Rpc;
using Alpha = Keelson.Nodes.PodResourcesApi.V1Alpha1.Protos;

namespace Keelson.Nodes.PodResourcesApi;

/// <summary>The pods that programs on the node are told of.</summary>
/// <param name="All">Every pod of the node.</param>
/// <param name="Active">Those that run, or are to.</param>
internal sealed record ToldPods(Func<IEnumerable<Pod>> All, Func<IEnumerable<Pod>> Active);

/// <summary>
/// Tells programs on the node what containers have for themselves (<c>pod-resources/kubelet.sock</c>).
/// </summary>
internal sealed class PodResourcesServer(
    ToldPods pods, DeviceInventory devices, StaticCpus? cpus, StaticMemory? memory)
{
    private const string Service = "v1.PodResourcesLister";

    // Upstream's DefaultQPS and DefaultBurstTokens.
    private const int CallsPerSecond = 100;
    private const int CallsAtOnce = 10;

    public static readonly RpcMethod<ListPodResourcesRequest, ListPodResourcesResponse> List =
        RpcMethod.Unary<ListPodResourcesRequest, ListPodResourcesResponse>(Service, "List");

    public static readonly RpcMethod<AllocatableResourcesRequest, AllocatableResourcesResponse> GetAllocatable =
        RpcMethod.Unary<AllocatableResourcesRequest, AllocatableResourcesResponse>(
            Service, "GetAllocatableResources");

    public static readonly RpcMethod<GetPodResourcesRequest, GetPodResourcesResponse> Get =
        RpcMethod.Unary<GetPodResourcesRequest, GetPodResourcesResponse>(Service, "Get");

    /// <summary>The same in the API's first version.</summary>
    public static readonly RpcMethod<Alpha.ListPodResourcesRequest, Alpha.ListPodResourcesResponse> AlphaList =
        RpcMethod.Unary<Alpha.ListPodResourcesRequest, Alpha.ListPodResourcesResponse>(
            "v1alpha1.PodResourcesLister", "List");

    /// <summary>Where calls are counted; null for nowhere.</summary>
    public PlacementMetrics? Metrics { get; init; }

    /// <summary>Claims of dynamic resources; null for none.</summary>
    public DynamicResources? Claims { get; init; }

    /// <summary>The clock by which calls are limited.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Starts to serve.</summary>
    public Task<RpcHost> StartAsync(string rootDirectory, CancellationToken cancellationToken)
    {
        const UnixFileMode OwnersAndGroup = (UnixFileMode)0b111_101_000;
        string directory = Path.Combine(rootDirectory, "pod-resources");
        Directory.CreateDirectory(directory, OwnersAndGroup);
        CallLimit limit = new(CallsPerSecond, CallsAtOnce, Clock);
        RpcServer server = new RpcServerBuilder()
            .Unary(List, (_, _) => Answer(limit, "v1", Metrics?.PodResourcesLists, Metrics?.PodResourcesListErrors,
                () => new ListPodResourcesResponse { PodResources = { pods.Active().Select(Of) } }))
            .Unary(GetAllocatable, (_, _) => Answer(limit, "v1", Metrics?.PodResourcesAllocatable,
                Metrics?.PodResourcesAllocatableErrors, Allocatable))
            .Unary(Get, (request, _) => Answer(limit, "v1", Metrics?.PodResourcesGets, Metrics?.PodResourcesGetErrors,
                () => new GetPodResourcesResponse { PodResources = Of(Find(request)) }))
            .Unary(AlphaList, (_, _) => Answer(limit, "v1alpha1", null, null,
                () => new Alpha.ListPodResourcesResponse { PodResources = { pods.All().Select(AlphaOf) } }))
            .Build();
        return RpcHost.StartAsync(
            server, [RpcListener.Unix(Path.Combine(directory, "kubelet.sock"))], cancellationToken);
    }

    private Task<T> Answer<T>(
        CallLimit limit, string version, NumberMetric? method, NumberMetric? errors, Func<T> answer)
    {
        if (!limit.Allows())
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, "rejected by rate limit");
        }

        Metrics?.PodResourcesCalls.Count(version);
        method?.Count(version);
        try
        {
            return Task.FromResult(answer());
        }
        catch
        {
            errors?.Count(version);
            throw;
        }
    }

    private Pod Find(GetPodResourcesRequest request) =>
        pods.All().FirstOrDefault(one =>
            one.Metadata.Name == request.PodName && one.Metadata.Namespace == request.PodNamespace)
        ?? throw new RpcException(
            RpcStatusCode.Unknown, $"pod {request.PodName} in namespace {request.PodNamespace} not found");

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
            container.Devices.AddRange(devices.GrantsOf(pod.Metadata.Uid, one.Name)
                .SelectMany(static it => Of(it.Resource, it.Devices)));
            container.CpuIds.AddRange((cpus?.Of(pod.Metadata.Uid, one.Name) ?? []).Select(static id => (long)id));
            if (memory?.Of(pod.Metadata.Uid, one.Name) is { } given)
            {
                container.Memory.Add(Memory((ulong)given.Bytes, given.Nodes.Nodes));
            }

            container.DynamicResources.AddRange((Claims?.ClaimsOf(pod, one) ?? []).Select(Of));
            all.Containers.Add(container);
        }

        return all;
    }

    private Alpha.PodResources AlphaOf(Pod pod)
    {
        Alpha.PodResources all = new() { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace };
        foreach (ContainerSpec one in ContainerSpec.RegularOf(pod.Spec))
        {
            Alpha.ContainerResources container = new() { Name = one.Name };
            container.Devices.AddRange(devices.GrantsOf(pod.Metadata.Uid, one.Name)
                .SelectMany(static it => Of(it.Resource, it.Devices))
                .Select(static it => new Alpha.ContainerDevices
                {
                    ResourceName = it.ResourceName, DeviceIds = { it.DeviceIds },
                }));
            all.Containers.Add(container);
        }

        return all;
    }

    private AllocatableResourcesResponse Allocatable()
    {
        AllocatableResourcesResponse all = new();
        foreach (string resource in devices.Resources)
        {
            all.Devices.AddRange(Of(resource, devices.UsableOf(resource)));
        }

        all.CpuIds.AddRange((cpus?.Allocatable ?? []).Select(static id => (long)id));
        foreach ((int node, long bytes) in memory?.Capacity ?? new Dictionary<int, long>())
        {
            if (bytes > 0)
            {
                all.Memory.Add(Memory((ulong)bytes, [node]));
            }
        }

        return all;
    }

    /// <summary>Each device by itself, once for each NUMA node that it is close to.</summary>
    private static IEnumerable<ContainerDevices> Of(string resource, IEnumerable<KnownDevice> all)
    {
        foreach (KnownDevice one in all.OrderBy(static one => one.Id, StringComparer.Ordinal))
        {
            ContainerDevices told = new() { ResourceName = resource, DeviceIds = { one.Id } };
            if (one.NumaNodes.Count == 0)
            {
                yield return told;
            }

            foreach (int node in one.NumaNodes)
            {
                yield return new(told) { Topology = Topology([node]) };
            }
        }
    }

    private static DynamicResource Of(PreparedClaim claim)
    {
        DynamicResource told = new() { ClaimName = claim.Name, ClaimNamespace = claim.Namespace };
        foreach ((string driver, IReadOnlyList<PreparedDevice> prepared) in claim.Drivers)
        {
            foreach (PreparedDevice one in prepared)
            {
                ClaimResource resource = new()
                {
                    DriverName = driver, PoolName = one.Pool, DeviceName = one.Name,
                };
                if (one.ShareId is { } share)
                {
                    resource.ShareId = share;
                }

                resource.CdiDevices.AddRange(one.CdiIds.Select(static id => new CDIDevice { Name = id }));
                told.ClaimResources.Add(resource);
            }
        }

        return told;
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
