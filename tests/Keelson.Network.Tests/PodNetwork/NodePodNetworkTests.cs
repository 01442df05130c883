using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Network.PodNetwork;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.PodNetwork;

public sealed class NodePodNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Nodes_on_the_same_network_get_plain_routes_and_others_the_tunnel()
    {
        PodNeighbour near = PodNeighbour.Of(Ranged("b", "192.0.2.2", "10.244.1.0/24", "fd00:1::/64"))!;
        PodNeighbour far = PodNeighbour.Of(Ranged("c", "198.51.100.7", "10.244.2.0/24"))!;
        IReadOnlyList<PodRoute> routes = PodRoutes.Compute(
            [near, far], PodRouting.Auto, static one => one.Equals(IPAddress.Parse("192.0.2.2")));
        Assert.Equal(
            [
                "10.244.1.0/24 via 192.0.2.2",
                "fd00:1::/64 via fd00:1:: dev vx onlink",
                "10.244.2.0/24 via 10.244.2.0 dev vx onlink",
            ],
            routes.Select(static one => string.Join(' ', one.Arguments("vx"))));
        Assert.Equal("02:4b:c6:33:64:07", routes[2].Link!.Hardware);
        Assert.Empty(PodRoutes.Compute([near], PodRouting.None, static _ => true));
    }

    [Fact]
    public async Task A_foreign_configuration_is_respected()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "05-other.conflist"), "{}");
        TestInformers informers = new();
        informers.Put(Ranged(ThisNode, "192.0.2.1", "10.244.0.0/24"));
        PodNetworkConfig config = new()
        {
            NodeName = ThisNode, ConfigDirectory = folder.Path, NetworkNamespace = "there-is-none",
        };
        await using NodePodNetwork network = NodePodNetwork.Start(informers, config);
        await network.Ready.WaitAsync(Patience);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(PodRouting.Auto)]
    [InlineData(PodRouting.Tunnel)]
    public async Task Pods_reach_pods_of_other_nodes_and_nothing_is_left_behind(PodRouting routing)
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        Assert.SkipUnless(File.Exists("/usr/lib/cni/bridge"), "needs containernetworking-plugins");
        using TemporaryFolder folder = new();
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string[] nodes = [await sandbox.AddMachineAsync(), await sandbox.AddMachineAsync()];
        await sandbox.ConnectAsync(nodes[0], "192.0.2.1/24", nodes[1], "192.0.2.2/24");
        TestInformers informers = new();
        informers.Put(Ranged("node-0", "192.0.2.1", "10.244.0.0/24"));
        informers.Put(Ranged("node-1", "192.0.2.2", "10.244.1.0/24"));
        PodNetworkConfig[] configs = [.. nodes.Select((name, i) => Config(name, i, folder.Path, routing))];
        await using (NodePodNetwork first = NodePodNetwork.Start(informers, configs[0]))
        await using (NodePodNetwork second = NodePodNetwork.Start(informers, configs[1]))
        {
            await Task.WhenAll(first.Ready, second.Ready).WaitAsync(Patience);
            (string here, string hereAddress) = await AddPodAsync(sandbox, nodes[0], configs[0]);
            (string there, string thereAddress) = await AddPodAsync(sandbox, nodes[1], configs[1]);
            sandbox.Serve(there, 8080, "there");
            sandbox.Serve(nodes[1], 9090, "node");
            Assert.Equal($"there {hereAddress}", await sandbox.AskAsync(here, thereAddress, 8080));

            // Outside of the cluster's ranges a pod has its node's address.
            Assert.Equal("node 192.0.2.1", await sandbox.AskAsync(here, "192.0.2.2", 9090));
            bool hasTunnel = (await sandbox.ShellAsync(nodes[0], "ip -br link")).Contains("keelson0.vx");
            Assert.Equal(routing == PodRouting.Tunnel, hasTunnel);

            informers.Delete<Node>("", "node-1");
            await UntilAsync(async () =>
                !(await sandbox.ShellAsync(nodes[0], "ip route")).Contains("10.244.1.0/24", StringComparison.Ordinal));
        }

        foreach (PodNetworkConfig config in configs)
        {
            await NodePodNetwork.CleanUpAsync(config, CancellationToken.None);
            Assert.Empty(Directory.GetFiles(config.ConfigDirectory));
            Assert.DoesNotContain("keelson",
                await sandbox.ShellAsync(config.NetworkNamespace, "ip -br link; nft list tables"));
        }
    }

    private static PodNetworkConfig Config(string node, int index, string folder, PodRouting routing) => new()
    {
        NodeName = $"node-{index}",
        ConfigDirectory = Path.Combine(folder, $"net{index}"),
        DataDirectory = Path.Combine(folder, $"data{index}"),
        ClusterRanges = ["10.244.0.0/16"],
        Routing = routing,
        NetworkNamespace = node,
        Log = static text => TestContext.Current.SendDiagnosticMessage(text),
    };

    /// <summary>Connects a pod as a container runtime does.</summary>
    private static async Task<(string Name, string Address)> AddPodAsync(
        NetworkSandbox sandbox, string node, PodNetworkConfig config)
    {
        string pod = await sandbox.AddMachineAsync();
        JsonNode list = JsonNode.Parse(await File.ReadAllTextAsync(config.ConfigFile))!;
        JsonNode plugin = list["plugins"]![0]!.DeepClone();
        plugin["name"] = list["name"]!.GetValue<string>();
        plugin["cniVersion"] = list["cniVersion"]!.GetValue<string>();
        string file = Path.Combine(config.DataDirectory + ".json");
        await File.WriteAllTextAsync(file, plugin.ToJsonString());
        string answer = await sandbox.ShellAsync(
            node,
            $"CNI_COMMAND=ADD CNI_CONTAINERID={pod} CNI_NETNS=/run/netns/{pod} CNI_IFNAME=eth0 CNI_PATH=/usr/lib/cni "
            + $"/usr/lib/cni/bridge < {file}");
        string address = JsonNode.Parse(answer)!["ips"]![0]!["address"]!.GetValue<string>();
        return (pod, address[..address.IndexOf('/')]);
    }

    private static Node Ranged(string name, string address, params string[] ranges)
    {
        Node node = Node(name, address);
        return node with { Spec = node.Spec with { PodCIDR = ranges[0], PodCIDRs = ranges } };
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "it did not come to be");
            await Task.Delay(20);
        }
    }
}
