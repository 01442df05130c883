using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Services that lead a client to the same pod each time.</summary>
public sealed class SessionAffinityTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance(
        "[sig-network] Services should have session affinity work for service with type clusterIP [LinuxOnly]")]
    public Task Should_have_session_affinity_work_for_service_with_type_clusterIP() =>
        HasAffinityAsync("ClusterIP", switches: false);

    [Fact]
    [Conformance(
        "[sig-network] Services should be able to switch session affinity for service with type clusterIP [LinuxOnly]")]
    public Task Should_be_able_to_switch_session_affinity_for_service_with_type_clusterIP() =>
        HasAffinityAsync("ClusterIP", switches: true);

    [Fact]
    [Conformance("[sig-network] Services should have session affinity work for NodePort service [LinuxOnly]")]
    public Task Should_have_session_affinity_work_for_NodePort_service() =>
        HasAffinityAsync("NodePort", switches: false);

    [Fact]
    [Conformance("[sig-network] Services should be able to switch session affinity for NodePort service [LinuxOnly]")]
    public Task Should_be_able_to_switch_session_affinity_for_NodePort_service() =>
        HasAffinityAsync("NodePort", switches: true);

    private async Task HasAffinityAsync(string type, bool switches)
    {
        string[] servers = await Space.ServersAsync("affinity", 3, "9376 0");
        JsonNode service = await Space.Services.CreateAsync(
            $$"""
            metadata: {name: affinity}
            spec:
              type: {{type}}
              sessionAffinity: ClientIP
              selector: {app: affinity}
              ports: [{port: 80, targetPort: 9376}]
            """);
        await Space.ClientAsync();
        await Space.ReachAsync("client", "affinity", 80, servers);
        await Space.ReachAsync("client", service.Text("spec.clusterIP"), 80, servers);
        (string host, long port) = type == "NodePort"
            ? (await Space.NodeAddressAsync(), service.Number("spec.ports.0.nodePort"))
            : (service.Text("spec.clusterIP"), 80);
        await Space.ReachAsync("client", host, port, servers);
        await AnsweringAsync(host, port, servers, isSame: true);
        if (switches)
        {
            await Space.Services.MergeAsync("affinity", """{"spec":{"sessionAffinity":"None"}}""");
            await AnsweringAsync(host, port, servers, isSame: false);
            await Space.Services.MergeAsync("affinity", """{"spec":{"sessionAffinity":"ClientIP"}}""");
            await AnsweringAsync(host, port, servers, isSame: true);
        }
    }

    /// <summary>Asks fifteen times, until the answers are all the same, or are not.</summary>
    private Task AnsweringAsync(string host, long port, string[] servers, bool isSame) => Space.ShellUntilAsync(
        "client",
        $"for i in $(seq 15); do fetch -t 2 tcp {host} {port} /hostname || exit 1; done | sort -u",
        said =>
        {
            string[] names = said.Split('\n');
            return names.All(servers.Contains) && names.Length == 1 == isSame;
        });
}
