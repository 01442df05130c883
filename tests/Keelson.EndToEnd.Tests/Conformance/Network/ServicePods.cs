using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Pods that serve and pods that ask, as upstream's agnhost does: see the folder Nodes/Programs.</summary>
internal static class ServicePods
{
    /// <summary>A pod that answers who it is: HTTP on 8080, UDP on 8081, or what the arguments say.</summary>
    public static string Server(string name, string app, string arguments = "", string container = "") =>
        $$"""
        metadata: {name: {{name}}, labels: {app: {{app}} } }
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: agnhost:2
            command: [sh, -c, exec netexec {{arguments}}]
            readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
            {{container}}
        """;

    /// <summary>A controller of such pods.</summary>
    public static string Servers(string app, int replicas, string arguments = "") =>
        $$"""
        metadata: {name: {{app}} }
        spec:
          replicas: {{replicas}}
          selector: {app: {{app}} }
          template:
            metadata: {labels: {app: {{app}} } }
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "agnhost:2", command: [sh, -c, exec netexec {{arguments}}]}]
        """;

    /// <summary>Starts a pod in which commands can be run.</summary>
    public static Task<JsonNode> ClientAsync(this Workspace space, string name = "client", string spec = "") =>
        space.ServeAsync(
            $$"""
            metadata: {name: {{name}} }
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "agnhost:2", command: [sleep, "3600"]}]
              {{spec}}
            """);

    /// <summary>Starts servers; the result is their names in order.</summary>
    public static async Task<string[]> ServersAsync(
        this Workspace space, string app, int replicas, string arguments = "")
    {
        await space.ReplicationControllers.CreateAsync(Servers(app, replicas, arguments));
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=" + app, replicas);
        return [.. pods.Select(static one => one.Name()).Order(StringComparer.Ordinal)];
    }

    /// <summary>Waits until a server answers a client with one of some names.</summary>
    public static Task<string> ReachAsync(
        this Workspace space, string client, string host, long port, params string[] servers) =>
        space.ShellUntilAsync(client, $"fetch -t 2 tcp {host} {port} /hostname", servers.Contains);

    /// <summary>Waits until a UDP server answers a client with one of some names.</summary>
    public static Task<string> ReachUdpAsync(
        this Workspace space, string client, string host, long port, params string[] servers) =>
        space.ShellUntilAsync(client, $"fetch -t 1 udp {host} {port} hostname", servers.Contains);

    /// <summary>Waits until nothing answers a client.</summary>
    public static Task<string> MissAsync(this Workspace space, string client, string how, string host, long port) =>
        space.ShellUntilAsync(client, $"! fetch -t 1 {how} {host} {port} hostname", static _ => true);

    /// <summary>The node's address.</summary>
    public static async Task<string> NodeAddressAsync(this Workspace space)
    {
        JsonNode node = Assert.Single(await space.Everywhere("v1", "nodes").ListAsync());
        return node.Items("status.addresses").First(static one => one.Text("type") == "InternalIP").Text("address");
    }
}
