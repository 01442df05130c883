using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Ports of the node that lead to a pod.</summary>
public sealed class HostPortTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance(
        "[sig-network] HostPort validates that there is no conflict between pods with same hostPort but different",
        "hostIP and protocol [LinuxOnly]")]
    public async Task There_is_no_conflict_between_pods_with_same_hostPort_but_different_hostIP_and_protocol()
    {
        string node = await Space.NodeAddressAsync();
        int port = FreePort();
        await Task.WhenAll(
            Space.ServeAsync(Server("pod1", port, "127.0.0.1", "TCP")),
            Space.ServeAsync(Server("pod2", port, node, "TCP")),
            Space.ServeAsync(Server("pod3", port, node, "UDP")));
        JsonNode client = await Space.ClientAsync("client", "hostNetwork: true");
        Assert.Equal(node, client.Text("status.hostIP"));
        await Space.ReachAsync("client", "127.0.0.1", port, "pod1");
        await Space.ReachAsync("client", node, port, "pod2");
        await Space.ReachUdpAsync("client", node, port, "pod3");

        // From inside the pod network too, and no longer when the pod is gone.
        await Space.ClientAsync("inside");
        await Space.ReachAsync("inside", node, port, "pod2");
        await Space.ReachUdpAsync("inside", node, port, "pod3");
        await Space.Pods.DeleteAsync("pod2");
        await Space.MissAsync("client", "connect", node, port);
        await Space.ReachAsync("client", "127.0.0.1", port, "pod1");
    }

    private static string Server(string name, int port, string host, string protocol) => ServicePods.Server(
        name,
        name,
        "8080 8080",
        $$"""ports: [{containerPort: 8080, hostPort: {{port}}, hostIP: {{host}}, protocol: {{protocol}} }]""");

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
