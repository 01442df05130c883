using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Devices.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Tests.Devices;

/// <summary>A device plugin that has what it is told to have and notes what it was asked.</summary>
internal sealed class TestPlugin : IAsyncDisposable
{
    private readonly Channel<ListAndWatchResponse> _devices = Channel.CreateUnbounded<ListAndWatchResponse>();
    private RpcHost? _host;

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What it says that it wants to be asked.</summary>
    public DevicePluginOptions Options { get; private init; } = new();

    /// <summary>What a container must have for devices; null for something of everything.</summary>
    public Func<string, ContainerAllocateResponse>? Answer { get; set; }

    public static async Task<TestPlugin> StartAsync(string socket, DevicePluginOptions? options = null)
    {
        TestPlugin plugin = new() { Options = options ?? new() };
        RpcServer server = new RpcServerBuilder()
            .Unary(DevicePluginMethods.GetOptions, (_, _) => Task.FromResult(plugin.Options))
            .ServerStreaming(DevicePluginMethods.ListAndWatch, async (_, stream, context) =>
            {
                await foreach (ListAndWatchResponse one in plugin._devices.Reader.ReadAllAsync(context.Cancellation))
                {
                    await stream.WriteAsync(one);
                }
            })
            .Unary(DevicePluginMethods.GetPreferredAllocation, (request, _) =>
            {
                ContainerPreferredAllocationRequest wanted = request.ContainerRequests[0];
                ContainerPreferredAllocationResponse answer = new();
                answer.DeviceIDs.AddRange(
                    wanted.AvailableDeviceIDs.OrderDescending(StringComparer.Ordinal).Take(wanted.AllocationSize));
                return Task.FromResult(new PreferredAllocationResponse { ContainerResponses = { answer } });
            })
            .Unary(DevicePluginMethods.Allocate, (request, _) =>
            {
                string ids = string.Join(',', request.ContainerRequests[0].DevicesIds);
                plugin.Calls.Enqueue("allocate " + ids);
                ContainerAllocateResponse answer = plugin.Answer?.Invoke(ids) ?? new()
                {
                    Mounts = { new Mount { ContainerPath = "/in", HostPath = "/out", ReadOnly = true } },
                    Devices =
                    {
                        new DeviceSpec { ContainerPath = "/dev/a", HostPath = "/dev/null", Permissions = "rw" },
                    },
                    CdiDevices = { new CDIDevice { Name = "example.com/dev=" + ids } },
                    Envs = { ["DEVICES"] = ids },
                    Annotations = { ["note"] = ids },
                };
                return Task.FromResult(new AllocateResponse { ContainerResponses = { answer } });
            })
            .Unary(DevicePluginMethods.PreStartContainer, (request, _) =>
            {
                plugin.Calls.Enqueue("start " + string.Join(',', request.DevicesIds));
                return Task.FromResult(new PreStartContainerResponse());
            })
            .Build();
        plugin._host = await RpcHost.StartAsync(server, [RpcListener.Unix(socket)]);
        return plugin;
    }

    /// <summary>Tells which devices there are: <c>id</c>, <c>id@NODE</c> close to a NUMA node, <c>id!</c> sick.
    /// </summary>
    public void Has(params string[] devices)
    {
        ListAndWatchResponse all = new();
        foreach (string one in devices)
        {
            string[] parts = one.TrimEnd('!').Split('@');
            Device device = new() { ID = parts[0], Health = one.EndsWith('!') ? "Unhealthy" : "Healthy" };
            if (parts.Length > 1)
            {
                NUMANode node = new() { ID = long.Parse(parts[1], CultureInfo.InvariantCulture) };
                device.Topology = new() { Nodes = { node } };
            }

            all.Devices.Add(device);
        }

        _devices.Writer.TryWrite(all);
    }

    public ValueTask DisposeAsync()
    {
        RpcHost? host = Interlocked.Exchange(ref _host, null);
        return host?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
