using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Devices.Protos;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Plugins;
using Keelson.Nodes.PodResourcesApi;
using Keelson.Nodes.PodResourcesApi.Protos;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Rpc;
using Alpha = Keelson.Nodes.PodResourcesApi.V1Alpha1.Protos;
using Proto = Keelson.Nodes.Cri.Protos;
using ToldResources = Keelson.Nodes.PodResourcesApi.Protos.PodResources;

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
        _grants = new(_plugins, new([0, 1]));
    }

    [Fact]
    public async Task A_container_gets_the_devices_it_asks_for_with_all_that_belongs_to_them()
    {
        _plugin.Has("a", "b", "sick!");
        _plugin.Options.PreStartRequired = _plugin.Options.GetPreferredAllocationAvailable = true;
        await RegisterAsync(new());
        await UntilAsync(() => _plugins.Inventory.DevicesOf(Resource).Count == 3);
        Pod pod = NewPod("one", 1);
        Assert.Null(await AllocateAsync(pod));

        // The plugin prefers the last.
        Assert.Equal(["b"], Assert.Single(_plugins.Inventory.GrantsOf("one", "main")).Ids);
        Proto.ContainerConfig config = new() { Envs = { new Proto.KeyValue { Key = "DEVICES" } } };
        Assert.Null(await _grants.AddToAsync(pod, ContainerSpec.RegularOf(pod.Spec).First(), config, default));
        Assert.Equal(["allocate b", "start b"], _plugin.Calls);

        // What the pod says of a variable comes later, and counts more.
        Assert.Equal(("DEVICES", "b"), (config.Envs[0].Key, config.Envs[0].Value.ToStringUtf8()));
        Assert.Equal(2, config.Envs.Count);
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

        // Until its plugin is back, nobody knows how many there are, and nobody gets one.
        Assert.Equal((0, 0), next.Inventory.Counts[Resource]);
        Assert.Empty(next.Inventory.FreeOf(Resource));
        Assert.False(next.IsNew);
        Assert.Equal(
            "Allocate failed due to no healthy devices present; cannot allocate unhealthy devices example.com/dev, "
            + "which is unexpected",
            (await new DeviceGrants(next, new([0])).AllocateAsync(
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
        Assert.Equal((2, 0), _plugins.Inventory.Counts[Resource]);
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

        // As upstream has it: nothing is known to be wrong with a device that is not told of.
        _plugin.Has("a");
        await UntilAsync(() => Health() == "a Healthy, b Healthy");
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
        + "Supported version is [\"v1beta1\"]")]
    [InlineData("v1beta1", "cpu", "the ResourceName \"cpu\" is invalid")]
    [InlineData("v1beta1", "node.kubernetes.io/a", "the ResourceName \"node.kubernetes.io/a\" is invalid")]
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
        Pod done = NewPod("done", 0);
        PodResourcesServer server = new(new(() => [pod, done], () => [pod]), _plugins.Inventory, null, null)
        {
            Clock = new ManualClock(),
        };
        await using RpcHost host = await server.StartAsync(_node.Context.RootDirectory, default);
        using RpcChannel channel = new(RpcEndpoint.Unix(
            Path.Combine(_node.Context.RootDirectory, "pod-resources", "kubelet.sock")));
        ListPodResourcesResponse all = await channel.UnaryAsync(
            PodResourcesServer.List, new ListPodResourcesRequest(), null, default);
        Assert.Equal("one", Assert.Single(all.PodResources).Name);
        ContainerDevices device = Assert.Single(all.PodResources[0].Containers[0].Devices);
        Assert.Equal((Resource, "b", 1L), (device.ResourceName, device.DeviceIds[0], device.Topology.Nodes[0].ID));

        // What a container has it has, whatever becomes of the plugin; what nobody answers for can't be given.
        AllocatableResourcesResponse there = await channel.UnaryAsync(
            PodResourcesServer.GetAllocatable, new AllocatableResourcesRequest(), null, default);
        Assert.Equal(["a", "b"], there.Devices.SelectMany(static one => one.DeviceIds));
        _plugins.Inventory.Lose(Resource);
        there = await channel.UnaryAsync(
            PodResourcesServer.GetAllocatable, new AllocatableResourcesRequest(), null, default);
        Assert.Empty(there.Devices);
        Assert.Equal(device, (await GetAsync(channel, "one")).Containers[0].Devices[0]);
        Assert.Equal("done", (await GetAsync(channel, "done")).Name);
        Alpha.ListPodResourcesResponse old = await channel.UnaryAsync(
            PodResourcesServer.AlphaList, new Alpha.ListPodResourcesRequest(), null, default);
        Assert.Equal(["one", "done"], old.PodResources.Select(static one => one.Name));
        Assert.Equal(["b"], old.PodResources[0].Containers[0].Devices[0].DeviceIds);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => GetAsync(channel, "other"));
        Assert.Equal("pod other in namespace ns not found", unknown.Status.Message);

        // Ten calls at once are served, and then a hundred a second.
        for (int i = 0; i < 3; i++)
        {
            await GetAsync(channel, "one");
        }

        RpcException limited = await Assert.ThrowsAsync<RpcException>(() => GetAsync(channel, "one"));
        Assert.Equal(
            (RpcStatusCode.ResourceExhausted, "rejected by rate limit"), (limited.Code, limited.Status.Message));
    }

    [Fact]
    public async Task A_registered_plugin_is_asked_what_it_wants_and_may_come_up_late()
    {
        // What the registration says of options does not count.
        await _plugin.DisposeAsync();
        Task registering = RegisterAsync(new());
        _plugin = await TestPlugin.StartAsync(
            Path.Combine(Directories, "dev.sock"), new() { PreStartRequired = true });
        await registering;
        Assert.True(_plugins.Find(Resource)!.Options.PreStartRequired);
        RpcException lost = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(new(), endpoint: "none.sock"));
        Assert.Equal("failed to dial device plugin: context deadline exceeded", lost.Status.Message);
        Assert.NotNull(_plugins.Find(Resource));
    }

    [Fact]
    public async Task An_agent_that_starts_removes_the_sockets_of_plugins_and_nothing_else()
    {
        string note = Path.Combine(Directories, "note");
        await File.WriteAllTextAsync(note, "");
        string socket = Path.Combine(Directories, "dev.sock");
        Assert.True(File.Exists(socket));
        await using DevicePlugins next = new(_node.Context);
        await next.StartAsync(default);
        Assert.False(File.Exists(socket));
        Assert.True(File.Exists(note));
    }

    [Fact]
    public async Task A_plugin_whose_registration_goes_has_no_say_any_more_and_its_resource_stays_for_five_minutes()
    {
        HeldClock clock = new();
        await using DevicePlugins plugins = new(_node.Context with { Clock = clock });
        RegisteredPlugin plugin = new(Resource, Path.Combine(Directories, "dev.sock"), ["v1beta1"]);
        Assert.Null(plugins.Validate(plugin));
        Assert.Equal(
            "manager version, v1beta1, is not among plugin supported versions [v1 v2]",
            plugins.Validate(plugin with { Versions = ["v1", "v2"] }));
        Assert.Equal(
            "invalid name of device plugin socket: the ResourceName \"cpu\" is invalid",
            plugins.Validate(plugin with { Name = "cpu" }));
        _plugin.Has("a");
        Assert.Null(await plugins.RegisterAsync(plugin, default));
        await UntilAsync(() => plugins.Inventory.FreeOf(Resource).Count == 1);
        Pod pod = NewPod("one", 1);
        ContainerSpec main = ContainerSpec.RegularOf(pod.Spec).First();
        DeviceGrants grants = new(plugins, new([0]));
        Assert.Null(await grants.AllocateAsync(pod, main, null, default));
        await plugins.DeregisterAsync(plugin, default);
        await UntilAsync(() => plugins.Inventory.Counts[Resource] == (1, 0));

        // A pod that was let in is let in again by an agent that is started anew, as long as its devices are there.
        Assert.Equal(
            "Allocate failed due to no healthy devices present; cannot allocate unhealthy devices example.com/dev, "
            + "which is unexpected",
            (await grants.AllocateAsync(pod, main, null, default))!.Message);
        await UntilAsync(() => clock.Waiting.Contains(TimeSpan.FromMinutes(5)));
        clock.Release();
        await UntilAsync(() => plugins.Inventory.Counts[Resource] == (0, 0));
        Assert.Empty(plugins.Inventory.Resources);
        Assert.Equal(
            "Allocate failed due to cannot allocate unregistered device example.com/dev, which is unexpected",
            (await grants.AllocateAsync(pod, main, null, default))!.Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _plugins.DisposeAsync();
        await _plugin.DisposeAsync();
        _node.Dispose();
    }

    private string Directories => Path.Combine(_node.Context.RootDirectory, "device-plugins");

    private static async Task<ToldResources> GetAsync(RpcChannel channel, string name) =>
        (await channel.UnaryAsync(
            PodResourcesServer.Get,
            new GetPodResourcesRequest { PodName = name, PodNamespace = "ns" },
            null,
            default)).PodResources;

    private async Task RegisterAsync(
        DevicePluginOptions options,
        string version = "v1beta1",
        string resource = Resource,
        string endpoint = "dev.sock")
    {
        using RpcChannel channel = new(RpcEndpoint.Unix(Path.Combine(Directories, "kubelet.sock")));
        await channel.UnaryAsync(
            DevicePluginMethods.Register,
            new RegisterRequest
            {
                Version = version, Endpoint = endpoint, ResourceName = resource, Options = options,
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
