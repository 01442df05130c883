using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>What a pod is told of itself by variables.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class DownwardApiTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Downward API";

    [Fact]
    [Conformance(Area, "should provide pod name, namespace and IP address as env vars [NodeConformance]")]
    public async Task Should_provide_pod_name_namespace_and_IP_address_as_env_vars()
    {
        (EndedPod pod, string[] log) = await RunAsync(
            "", Field("NAME", "metadata.name"), Field("NAMESPACE", "metadata.namespace"), Field("IP", "status.podIP"));
        Assert.Contains("NAME=downward", log);
        Assert.Contains("NAMESPACE=" + pod.Pod.Text("metadata.namespace"), log);
        Assert.NotEqual("", pod.Pod.Text("status.podIP"));
        Assert.Contains("IP=" + pod.Pod.Text("status.podIP"), log);
    }

    [Fact]
    [Conformance(Area, "should provide host IP as an env var [NodeConformance]")]
    public async Task Should_provide_host_IP_as_an_env_var()
    {
        (EndedPod _, string[] log) = await RunAsync("", Field("HOST_IP", "status.hostIP"));
        Assert.Contains($"HOST_IP={NodeClusterFixture.Address}", log);
    }

    [Fact]
    [Conformance(Area, "should provide hostIPs as an env var [NodeConformance]")]
    public async Task Should_provide_hostIPs_as_an_env_var()
    {
        (EndedPod _, string[] log) = await RunAsync("", Field("HOST_IPS", "status.hostIPs"));
        Assert.Contains($"HOST_IPS={NodeClusterFixture.Address}", log);
    }

    [Fact]
    [Conformance(Area, "should provide container's limits.cpu/memory and requests.cpu/memory as env vars",
        "[NodeConformance]")]
    public async Task Should_provide_containers_limits_and_requests_as_env_vars()
    {
        (EndedPod _, string[] log) = await RunAsync(
            "resources: {requests: {cpu: 250m, memory: 32Mi}, limits: {cpu: 1250m, memory: 64Mi}}",
            Amount("CPU_LIMIT", "limits.cpu"),
            Amount("MEMORY_LIMIT", "limits.memory"),
            Amount("CPU_REQUEST", "requests.cpu"),
            Amount("MEMORY_REQUEST", "requests.memory"));
        Assert.Contains("CPU_LIMIT=2", log);
        Assert.Contains("MEMORY_LIMIT=67108864", log);
        Assert.Contains("CPU_REQUEST=1", log);
        Assert.Contains("MEMORY_REQUEST=33554432", log);
    }

    [Fact]
    [Conformance(Area, "should provide default limits.cpu/memory from node allocatable [NodeConformance]")]
    public async Task Should_provide_default_limits_from_node_allocatable()
    {
        (EndedPod _, string[] log) = await RunAsync(
            "", Amount("CPU_LIMIT", "limits.cpu"), Amount("MEMORY_LIMIT", "limits.memory"));
        JsonNode node = await new Resource(cluster, "/api/v1/nodes").GetAsync(NodeClusterFixture.NodeName);
        Assert.Contains("CPU_LIMIT=" + node.Text("status.allocatable.cpu"), log);
        long kibibytes = long.Parse(node.Text("status.allocatable.memory").Replace("Ki", ""));
        Assert.Contains($"MEMORY_LIMIT={kibibytes * 1024}", log);
    }

    [Fact]
    [Conformance(Area, "should provide pod UID as env vars [NodeConformance]")]
    public async Task Should_provide_pod_UID_as_env_vars()
    {
        (EndedPod pod, string[] log) = await RunAsync("", Field("POD_UID", "metadata.uid"));
        Assert.Contains("POD_UID=" + pod.Pod.Text("metadata.uid"), log);
    }

    private static string Field(string variable, string path) =>
        $"{{name: {variable}, valueFrom: {{fieldRef: {{fieldPath: {path}}}}}}}";

    private static string Amount(string variable, string resource) =>
        $"{{name: {variable}, valueFrom: {{resourceFieldRef: {{resource: {resource}}}}}}}";

    private async Task<(EndedPod Pod, string[] Log)> RunAsync(string container, params string[] variables)
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        string env = $"env: [{string.Join(", ", variables)}]";
        EndedPod ended = await space.RunAsync(RealManifests.Script(
            "downward", "env", container.Length > 0 ? $"{env}, {container}" : env));
        Assert.Equal("Succeeded", ended.Phase);
        return (ended, ended.Log.Split('\n'));
    }
}
