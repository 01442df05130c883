using Keelson.Nodes.Devices.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Devices;

/// <summary>A device plugin that made itself known.</summary>
internal sealed class DevicePlugin(string resource, string socket, DevicePluginOptions options) : IDisposable
{
    // Upstream's KubeletPreStartContainerRPCTimeoutInSecs.
    private static readonly RpcCallOptions ForStarts = new() { Timeout = TimeSpan.FromSeconds(30) };

    // Upstream waits for ever: some devices have to be programmed. A plugin that hangs must not keep all pods waiting.
    private static readonly RpcCallOptions ForAllocations = new() { Timeout = TimeSpan.FromMinutes(5) };

    private readonly RpcChannel _channel = new(RpcEndpoint.Unix(socket));
    private readonly CancellationTokenSource _gone = new();

    /// <summary>The resource that its devices are.</summary>
    public string Resource => resource;

    /// <summary>What it wants to be asked.</summary>
    public DevicePluginOptions Options => options;

    /// <summary>Its devices, again whenever something about them changes, for as long as it runs.</summary>
    public async IAsyncEnumerable<IReadOnlyList<KnownDevice>> WatchAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _gone.Token);
        await foreach (ListAndWatchResponse one in _channel.ServerStreamingAsync(
            DevicePluginMethods.ListAndWatch, new Empty(), null, either.Token))
        {
            yield return
            [
                .. one.Devices.Select(static device => new KnownDevice(
                    device.ID,
                    device.Health == "Healthy",
                    [.. device.Topology?.Nodes.Select(static node => (int)node.ID) ?? []])),
            ];
        }
    }

    /// <summary>What the plugin would choose; none when it has no say.</summary>
    public async Task<IReadOnlyCollection<string>> PreferAsync(
        IEnumerable<string> available, IEnumerable<string> included, int size, CancellationToken cancellationToken)
    {
        if (!options.GetPreferredAllocationAvailable)
        {
            return [];
        }

        ContainerPreferredAllocationRequest wanted = new() { AllocationSize = size };
        wanted.AvailableDeviceIDs.AddRange(available);
        wanted.MustIncludeDeviceIDs.AddRange(included);
        PreferredAllocationResponse answer = await _channel.UnaryAsync(
            DevicePluginMethods.GetPreferredAllocation,
            new PreferredAllocationRequest { ContainerRequests = { wanted } },
            ForAllocations,
            cancellationToken);
        return answer.ContainerResponses.FirstOrDefault()?.DeviceIDs.ToArray() ?? [];
    }

    /// <summary>What a container must have to use devices; null when the plugin says nothing.</summary>
    public async Task<ContainerAllocateResponse?> AllocateAsync(
        IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        ContainerAllocateRequest wanted = new();
        wanted.DevicesIds.AddRange(ids);
        AllocateResponse answer = await _channel.UnaryAsync(
            DevicePluginMethods.Allocate,
            new AllocateRequest { ContainerRequests = { wanted } },
            ForAllocations,
            cancellationToken);
        return answer.ContainerResponses.Count > 0 ? answer.ContainerResponses[0] : null;
    }

    /// <summary>Tells the plugin that a container is about to start, where it wants to know.</summary>
    public async Task PreStartAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        if (options.PreStartRequired)
        {
            PreStartContainerRequest request = new();
            request.DevicesIds.AddRange(ids);
            await _channel.UnaryAsync(DevicePluginMethods.PreStartContainer, request, ForStarts, cancellationToken);
        }
    }

    /// <summary>Ends what it tells.</summary>
    public void Dispose()
    {
        _gone.Cancel();
        _channel.Dispose();
    }
}
