using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Devices.Protos;
using Keelson.Nodes.PodResourcesApi;
using Keelson.Nodes.PodResourcesApi.Protos;
using Keelson.Nodes.Tests.Devices;
using Keelson.Rpc;

namespace Keelson.Nodes.Tests.Live;

/// <summary>Devices of a plugin in real containers.</summary>
public sealed class DeviceTests(RunningNode node) : IClassFixture<RunningNode>
{
    private const string Resource = "example.com/dev";

    [Fact]
    public async Task A_container_has_its_device_and_keeps_it_when_the_agent_starts_anew()
    {
        Assert.SkipUnless(RunningNode.Missing is null, RunningNode.Missing ?? "");
        TestPlugin plugin = await StartPluginAsync();
        try
        {
            await CapacityAsync("2/2");
            ApiMap<Quantity> one = ApiMap<Quantity>.From([new(Resource, Quantity.FromValue(1))]);
            Pod pod = node.NewPod("user", "sh", "-c", "echo $DEVICES; stat -c %F /dev/thing; sleep 1000");
            pod = pod with
            {
                Spec = pod.Spec with
                {
                    Containers = [pod.Spec.Containers[0] with { Resources = new() { Limits = one, Requests = one } }],
                },
            };
            await node.CreateAsync(pod);
            pod = await node.UntilAsync("user", static it => it.Status.Phase == "Running" && HealthOf(it) == "Healthy");
            string container = pod.Status.ContainerStatuses[0].ContainerID;
            string id = pod.Status.ContainerStatuses[0].AllocatedResourcesStatus[0].Resources[0].ResourceID;
            await UntilAsync(() => node.LogOf(pod, "main").Contains("character special", StringComparison.Ordinal));
            Assert.Contains(id, node.LogOf(pod, "main"), StringComparison.Ordinal);
            Assert.Equal(id, await ToldAsync());
            JsonNode? entry = JsonNode.Parse(await File.ReadAllTextAsync(
                Path.Combine(Plugins, "kubelet_internal_checkpoint")))!["Data"]!["PodDeviceEntries"]![0];
            Assert.Equal(id, entry!["DeviceIDs"]!["-1"]![0]!.GetValue<string>());
            plugin.Has("a!", "b!");
            await node.UntilAsync("user", static it => HealthOf(it) == "Unhealthy");
            await CapacityAsync("2/0");

            // The next agent removes the plugin's socket, and knows who has what before the plugin is back.
            await node.StopAsync();
            await node.StartAsync();
            await CapacityAsync("0/0");
            Assert.Equal(id, await ToldAsync());
            await plugin.DisposeAsync();
            plugin = await StartPluginAsync();
            await CapacityAsync("2/2");
            pod = await node.UntilAsync("user", static it => HealthOf(it) == "Healthy");
            Assert.Equal(container, pod.Status.ContainerStatuses[0].ContainerID);
        }
        finally
        {
            await plugin.DisposeAsync();
            await node.DeleteAsync("user", 0);
            await node.GoneAsync("user");
        }
    }

    private string Plugins => Path.Combine(node.Config.RootDirectory, "device-plugins");

    private static string HealthOf(Pod pod) => pod.Status.ContainerStatuses is [{ AllocatedResourcesStatus: [var one] }]
        ? one.Resources[0].Health
        : "";

    private async Task<TestPlugin> StartPluginAsync()
    {
        TestPlugin plugin = await TestPlugin.StartAsync(Path.Combine(Plugins, "dev.sock"));
        plugin.Answer = static id => new()
        {
            Envs = { ["DEVICES"] = id },
            Devices =
            {
                new DeviceSpec { ContainerPath = "/dev/thing", HostPath = "/dev/null", Permissions = "rw" },
            },
        };
        plugin.Has("a", "b");
        using RpcChannel channel = new(RpcEndpoint.Unix(Path.Combine(Plugins, "kubelet.sock")));
        await channel.UnaryAsync(
            DevicePluginMethods.Register,
            new RegisterRequest { Version = "v1beta1", Endpoint = "dev.sock", ResourceName = Resource },
            new() { Timeout = TimeSpan.FromSeconds(20) },
            default);
        return plugin;
    }

    private async Task<string> ToldAsync()
    {
        using RpcChannel channel = new(RpcEndpoint.Unix(
            Path.Combine(node.Config.RootDirectory, "pod-resources", "kubelet.sock")));
        GetPodResourcesResponse told = await channel.UnaryAsync(
            PodResourcesServer.Get,
            new GetPodResourcesRequest { PodName = "user", PodNamespace = "default" },
            new() { Timeout = TimeSpan.FromSeconds(20), WaitForReady = true },
            default);
        return told.PodResources.Containers[0].Devices[0].DeviceIds[0];
    }

    /// <summary>Waits until the node says that it has, and can give, so many.</summary>
    private async Task CapacityAsync(string wanted)
    {
        string shown = "";
        for (int i = 0; i < 600 && shown != wanted; i++)
        {
            NodeStatus status = (await node.Client.GetAsync<Keelson.Api.Core.V1.Node>(
                "", node.NodeName, default)).Value.Status;
            shown = $"{status.Capacity.GetValueOrDefault(Resource)}/{status.Allocatable.GetValueOrDefault(Resource)}";
            await Task.Delay(50);
        }

        Assert.Equal(wanted, shown);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 600 && !isSo(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(isSo());
    }
}
