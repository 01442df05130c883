using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Packets between pods, and between the node and pods.</summary>
public sealed class PodNetworkTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance(
        "[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: http",
        "[NodeConformance]")]
    public Task Should_function_for_intra_pod_communication_http() => ReachEachAsync("", isUdp: false);

    [Fact]
    [Conformance(
        "[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: udp",
        "[NodeConformance]")]
    public Task Should_function_for_intra_pod_communication_udp() => ReachEachAsync("", isUdp: true);

    [Fact]
    [Conformance(
        "[sig-network] Networking Granular Checks: Pods should function for node-pod communication: http [LinuxOnly]",
        "[NodeConformance]")]
    public Task Should_function_for_node_pod_communication_http() => ReachEachAsync("hostNetwork: true", isUdp: false);

    [Fact]
    [Conformance(
        "[sig-network] Networking Granular Checks: Pods should function for node-pod communication: udp [LinuxOnly]",
        "[NodeConformance]")]
    public Task Should_function_for_node_pod_communication_udp() => ReachEachAsync("hostNetwork: true", isUdp: true);

    /// <summary>A client reaches each of the servers, each of which sees the client's own address.</summary>
    private async Task ReachEachAsync(string clientSpec, bool isUdp)
    {
        await Space.ServersAsync("netserver", 2, "8083 8081");
        JsonNode client = await Space.ClientAsync("client", clientSpec);
        foreach (JsonNode server in await Space.ReadyPodsAsync("app=netserver", 2))
        {
            string address = server.Text("status.podIP");
            string ask = isUdp ? $"fetch -t 1 udp {address} 8081" : $"fetch -t 2 tcp {address} 8083";
            string slash = isUdp ? "" : "/";
            await Space.ShellUntilAsync("client", $"{ask} {slash}hostname", server.Name());
            string seen = await Space.ShellAsync("client", $"{ask} {slash}clientip");
            if (clientSpec.Length == 0)
            {
                Assert.StartsWith(client.Text("status.podIP") + ":", seen, StringComparison.Ordinal);
            }
        }
    }
}
