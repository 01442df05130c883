using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Devices.Protos;
using Keelson.Nodes.Placement;
using Keelson.Nodes.PodResourcesApi;
using Keelson.Nodes.PodResourcesApi.Protos;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Tests.Devices;

/// <summary>Device plugins over real sockets.</summary>
public sealed class DevicePluginTests : IAsyncLifetime
{
    private const string Resource = "example.com/dev";

    private readonly TestNode _node = new();
    private DevicePlugins _plugins = null!;
    private TestPlugin _plugin = null!;
    private DeviceGrants _grants = null!;

    public async ValueTask InitializeAsync()
    {
        _plugins = new(_node.Context);
        await _plugins.StartAsync(default);
        _plugin = await TestPlugin.StartAsync(Path.Combine(Directories, "dev.sock"));
        _grants = new(_plugins);
    }

    [Fact]
    public async Task A_container_gets_the_devices_it_asks_for_with_all_that_belongs_to_them()
    {
        _plugin.Has("a", "b", "sick!");
        await RegisterAsync(new() { PreStartRequired = true, GetPreferredAllocationAvailable = true });
        await UntilAsync(() => _plugins.Inventory.DevicesOf(Resource).Count == 3);
        Pod pod = NewPod("one", 1);
        Assert.Null(await AllocateAsync(pod));

        // The plugin prefers the last.
        Assert.Equal("b", Assert.Single(_plugins.Inventory.GrantsOf("one", "main")).Ids[0]);
        Proto.ContainerConfig config = new();
        Assert.Null(await _grants.AddToAsync(pod, ContainerSpec.RegularOf(pod.Spec).First(), config, default));
        Assert.Equal(["allocate b", "start b"], _plugin.Calls);
        Assert.Equal(("DEVICES", "b"), (config.Envs[0].Key, config.Envs[0].Value.ToStringUtf8()));
        Assert.Equal(("/in", "/out", true), (
            config.Mounts[0].ContainerPath, config.Mounts[0].HostPath, config.Mounts[0].Readonly));
        Assert.Equal("/dev/null", config.Devices[0].HostPath);
        Assert.Equal("b", config.Annotations["note"]);
        Assert.Equal("example.com/dev=b", config.CDIDevices[0].Name);

        PodVerdict refused = (await AllocateAsync(NewPod("two", 2)))!;
        Assert.Equal("UnexpectedAdmissionError", refused.Reason);
        Assert.Equal(
            "Allocate failed due to requested number of devices unavailable for example.com/dev. Requested: 2, "
            + "Available: 1, which is unexpected",
            refused.Message);
        _grants.Release("one");
        Assert.Null(await AllocateAsync(NewPod("two", 2)));
    }

    [Fact]
    public async Task Devices_stay_with_their_containers_when_the_agent_starts_anew()
    {
        _plugin.Has("a");
        await RegisterAsync(new());
        await UntilAsync(() => _plugins.Inventory.DevicesOf(Resource).Count == 1);
        Assert.Null(await AllocateAsync(NewPod("one", 1)));
        await using DevicePlugins next = new(_node.Context);
        Assert.Equal(["a"], Assert.Single(next.Inventory.GrantsOf("one", "main")).Ids);

        // Until its plugin is back, nobody gets a device.
        Assert.Empty(next.Inventory.FreeOf(Resource));
        Assert.Equal(
            "Allocate failed due to no healthy devices present; cannot allocate unhealthy devices example.com/dev, "
            + "which is unexpected",
            (await new DeviceGrants(next).AllocateAsync(
                NewPod("two", 1), ContainerSpec.RegularOf(NewPod("two", 1).Spec).First(), null, default))!.Message);
    }

    [Fact]
    public async Task Devices_of_a_plugin_that_ends_are_given_to_nobody()
    {
        _plugin.Has("a", "b");
        await RegisterAsync(new());
        await UntilAsync(() => _plugins.Inventory.FreeOf(Resource).Count == 2);
        await _plugin.DisposeAsync();
        await UntilAsync(() => _plugins.Inventory.FreeOf(Resource).Count == 0);
        Assert.Equal(2, _plugins.Inventory.DevicesOf(Resource).Count);
    }

    [Fact]
    public async Task Pods_show_how_their_devices_are()
    {
        _plugin.Has("a", "b");
        await RegisterAsync(new());
        await UntilAsync(() => _plugins.Inventory.FreeOf(Resource).Count == 2);
        Assert.Null(await AllocateAsync(NewPod("one", 2)));
        Assert.Equal("a Healthy, b Healthy", Health());
        _plugin.Has("a", "b!");
        await UntilAsync(() => Health() == "a Healthy, b Unhealthy");
        _plugins.Inventory.Remove(Resource);
        Assert.Equal("a Unknown, b Unknown", Health());
        Assert.Empty(_plugins.Inventory.HealthOf("two"));

        string Health()
        {
            ResourceStatus status = Assert.Single(_plugins.Inventory.HealthOf("one")["main"]);
            Assert.Equal(Resource, status.Name);
            return string.Join(", ", status.Resources.Select(static one => $"{one.ResourceID} {one.Health}"));
        }
    }

    [Theory]
    [InlineData("v1alpha", Resource, "requested API version \"v1alpha\" is not supported by kubelet. "
        + "Supported version is \"v1beta1\"")]
    [InlineData("v1beta1", "cpu", "the ResourceName \"cpu\" is invalid")]
    public async Task Wrong_registrations_are_refused_in_upstreams_words(string version, string resource, string error)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(new(), version, resource));
        Assert.Equal(error, refused.Status.Message);
    }

    [Fact]
    public async Task Programs_are_told_which_container_has_what()
    {
        _plugin.Has("a@0", "b@1");
        await RegisterAsync(new());
        await UntilAsync(() => _plugins.Inventory.FreeOf(Resource).Count == 2);
        Pod pod = NewPod("one", 1);
        Assert.Null(await _grants.AllocateAsync(
            pod, ContainerSpec.RegularOf(pod.Spec).First(), NumaMask.Of(1), default));
        await using RpcHost host = await new PodResourcesServer(() => [pod], _plugins.Inventory, null, null)
            .StartAsync(_node.Context.RootDirectory, default);
        using RpcChannel channel = new(RpcEndpoint.Unix(
            Path.Combine(_node.Context.RootDirectory, "pod-resources", "kubelet.sock")));
        ListPodResourcesResponse all = await channel.UnaryAsync(
            PodResourcesServer.List, new ListPodResourcesRequest(), null, default);
        ContainerDevices device = all.PodResources[0].Containers[0].Devices[0];
        Assert.Equal((Resource, "b", 1L), (device.ResourceName, device.DeviceIds[0], device.Topology.Nodes[0].ID));
        AllocatableResourcesResponse there = await channel.UnaryAsync(
            PodResourcesServer.GetAllocatable, new AllocatableResourcesRequest(), null, default);
        Assert.Equal(["a", "b"], there.Devices.SelectMany(static one => one.DeviceIds));
        GetPodResourcesResponse one = await channel.UnaryAsync(
            PodResourcesServer.Get,
            new GetPodResourcesRequest { PodName = "one", PodNamespace = "ns" },
            null,
            default);
        Assert.Equal("one", one.PodResources.Name);
        await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(
            PodResourcesServer.Get, new GetPodResourcesRequest { PodName = "other" }, null, default));
    }

    public async ValueTask DisposeAsync()
    {
        await _plugins.DisposeAsync();
        await _plugin.DisposeAsync();
        _node.Dispose();
    }

    private string Directories => Path.Combine(_node.Context.RootDirectory, "device-plugins");

    private async Task RegisterAsync(
        DevicePluginOptions options, string version = "v1beta1", string resource = Resource)
    {
        using RpcChannel channel = new(RpcEndpoint.Unix(Path.Combine(Directories, "kubelet.sock")));
        await channel.UnaryAsync(
            DevicePluginMethods.Register,
            new RegisterRequest
            {
                Version = version, Endpoint = "dev.sock", ResourceName = resource, Options = options,
            },
            null,
            default);
    }

    private Task<PodVerdict?> AllocateAsync(Pod pod) =>
        _grants.AllocateAsync(pod, ContainerSpec.RegularOf(pod.Spec).First(), null, default);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 1000 && !isSo(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(isSo());
    }

    private static Pod NewPod(string name, int devices)
    {
        ApiMap<Quantity> amounts = ApiMap<Quantity>.From([new(Resource, Quantity.FromValue(devices))]);
        return new()
        {
            Metadata = ObjectMeta.Empty with { Name = name, Namespace = "ns", Uid = name },
            Spec = new PodSpec
            {
                Containers =
                [
                    new Container { Name = "main", Resources = new() { Requests = amounts, Limits = amounts } },
                ],
            },
        };
    }
}
