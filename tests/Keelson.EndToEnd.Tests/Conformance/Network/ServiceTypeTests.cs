using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Services that become of another type.</summary>
public sealed class ServiceTypeTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private const string External =
        "metadata: {name: changes}\nspec: {type: ExternalName, externalName: foo.example.com}";

    [Fact]
    [Conformance("[sig-network] Services should be able to change the type from ExternalName to ClusterIP")]
    public async Task Should_be_able_to_change_the_type_from_ExternalName_to_ClusterIP()
    {
        (_, string[] servers) = await FromExternalNameAsync("ClusterIP");
        JsonNode service = await Space.Services.GetAsync("changes");
        await Space.ReachAsync("client", "changes", 80, servers);
        await Space.ReachAsync("client", service.Text("spec.clusterIP"), 80, servers);
    }

    [Fact]
    [Conformance("[sig-network] Services should be able to change the type from ExternalName to NodePort")]
    public async Task Should_be_able_to_change_the_type_from_ExternalName_to_NodePort()
    {
        (JsonNode service, string[] servers) = await FromExternalNameAsync("NodePort");
        await Space.ReachAsync("client", "changes", 80, servers);
        await Space.ReachAsync("client", service.Text("spec.clusterIP"), 80, servers);
        long port = service.Number("spec.ports.0.nodePort");
        Assert.InRange(port, 30000, 32767);
        await Space.ReachAsync("client", await Space.NodeAddressAsync(), port, servers);
    }

    [Fact]
    [Conformance("[sig-network] Services should be able to change the type from ClusterIP to ExternalName")]
    public Task Should_be_able_to_change_the_type_from_ClusterIP_to_ExternalName() => ToExternalNameAsync("ClusterIP");

    [Fact]
    [Conformance("[sig-network] Services should be able to change the type from NodePort to ExternalName")]
    public Task Should_be_able_to_change_the_type_from_NodePort_to_ExternalName() => ToExternalNameAsync("NodePort");

    private async Task<(JsonNode Service, string[] Servers)> FromExternalNameAsync(string type)
    {
        JsonNode before = await Space.Services.CreateAsync(External);
        Assert.Equal("", before.Text("spec.clusterIP"));
        string[] servers = await Space.ServersAsync("changes", 2, "9376 0");
        JsonNode service = await Space.Services.UpdateAsync("changes", one =>
        {
            JsonObject spec = (JsonObject)one["spec"]!;
            spec["type"] = type;
            spec.Remove("externalName");
            spec["selector"] = new JsonObject { ["app"] = "changes" };
            spec["ports"] = new JsonArray(
                new JsonObject { ["port"] = 80, ["protocol"] = "TCP", ["targetPort"] = 9376 });
        });
        Assert.NotEqual("", service.Text("spec.clusterIP"));
        await Space.ClientAsync();
        return (service, servers);
    }

    private async Task ToExternalNameAsync(string type)
    {
        string[] servers = await Space.ServersAsync("external", 1, "9376 0");
        JsonNode external = await Space.Services.CreateAsync(
            "metadata: {name: external}\nspec: {selector: {app: external}, ports: [{port: 80, targetPort: 9376}]}");
        JsonNode before = await Space.Services.CreateAsync(
            $$"""
            metadata: {name: changes}
            spec: {type: {{type}}, selector: {app: none}, ports: [{port: 80}]}
            """);
        Assert.NotEqual("", before.Text("spec.clusterIP"));
        string target = $"external.{Space.Namespace}.svc.cluster.local";
        JsonNode service = await Space.Services.UpdateAsync("changes", one =>
        {
            one["spec"]!["type"] = "ExternalName";
            one["spec"]!["externalName"] = target;
        });
        Assert.Equal("", service.Text("spec.clusterIP"));
        Assert.Equal(0, service.Number("spec.ports.0.nodePort"));
        await Space.ClientAsync();
        string address = external.Text("spec.clusterIP");
        string found = await Space.ShellUntilAsync(
            "client",
            $"dig changes.{Space.Namespace}.svc.cluster.local",
            said => said.Contains(address, StringComparison.Ordinal));
        Assert.Equal(
            $"changes.{Space.Namespace}.svc.cluster.local. CNAME {target}.\n{target}. A {address}", found);
        await Space.ReachAsync("client", "changes", 80, servers);
        if (before.Number("spec.ports.0.nodePort") is > 0 and var port)
        {
            // What was released can be had by others.
            await Space.Services.CreateAsync(
                $$"""
                metadata: {name: takes}
                spec: {type: NodePort, selector: {app: none}, ports: [{port: 80, nodePort: {{port}} }]}
                """);
        }
    }
}
