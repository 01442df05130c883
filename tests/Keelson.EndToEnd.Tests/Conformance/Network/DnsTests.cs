using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>The cluster's names, asked for over UDP and TCP from inside pods.</summary>
public sealed class DnsTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private string Zone => $"{Space.Namespace}.svc.cluster.local";

    [Fact]
    [Conformance("[sig-network] DNS should provide DNS for the cluster")]
    public async Task Should_provide_DNS_for_the_cluster()
    {
        await Space.ClientAsync();
        JsonNode kubernetes = await Space.Cluster.GetAsync("/api/v1/namespaces/default/services/kubernetes");
        string answer = $"kubernetes.default.svc.cluster.local. A {kubernetes.Text("spec.clusterIP")}";
        await LookUpAsync(
            new("kubernetes.default.svc.cluster.local", answer),
            new("kubernetes.default.svc", answer),
            new("kubernetes.default", answer));
    }

    [Fact]
    [Conformance("[sig-network] DNS should provide /etc/hosts entries for the cluster")]
    public async Task Should_provide_etc_hosts_entries_for_the_cluster()
    {
        await CreateHeadlessAsync("dns-test-service");
        JsonNode pod = await NamedPodAsync("querier-1");
        string address = pod.Text("status.podIP");
        Assert.Contains(
            $"{address}\tquerier-1.dns-test-service.{Zone}\tquerier-1",
            await Space.ShellAsync("named", "cat /etc/hosts"),
            StringComparison.Ordinal);
        foreach (string name in (string[])["querier-1", $"querier-1.dns-test-service.{Zone}"])
        {
            Assert.StartsWith(
                address, await Space.ShellAsync("named", "getent hosts " + name), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Conformance("[sig-network] DNS should provide DNS for services")]
    public async Task Should_provide_DNS_for_services()
    {
        JsonNode server = await Space.ServeAsync(ServicePods.Server("server", "dns"));
        await CreateHeadlessAsync("dns-test-service");
        JsonNode service = await CreateServiceAsync("test-service-2");
        await Space.ClientAsync();
        string podAddress = server.Text("status.podIP");
        string address = service.Text("spec.clusterIP");
        string endpoint = podAddress.Replace('.', '-');
        string reverse = string.Join('.', address.Split('.').Reverse()) + ".in-addr.arpa.";
        await LookUpAsync(
        [
            .. Shorter("dns-test-service").Select(
                name => new Lookup(name, $"dns-test-service.{Zone}. A {podAddress}")),
            .. Shorter("test-service-2").Select(name => new Lookup(name, $"test-service-2.{Zone}. A {address}")),
            new($"{endpoint}.dns-test-service.{Zone}", $"{endpoint}.dns-test-service.{Zone}. A {podAddress}"),
            new(
                $"_http._tcp.dns-test-service.{Zone}",
                $"_http._tcp.dns-test-service.{Zone}. SRV 0 100 80 {endpoint}.dns-test-service.{Zone}.",
                "SRV"),
            new(
                $"_http._tcp.test-service-2.{Zone}",
                $"_http._tcp.test-service-2.{Zone}. SRV 0 100 80 test-service-2.{Zone}.",
                "SRV"),
            new(reverse, $"{reverse} PTR test-service-2.{Zone}.", "PTR"),
        ]);
    }

    [Fact]
    [Conformance("[sig-network] DNS should resolve DNS of partial qualified names for services [LinuxOnly]")]
    public async Task Should_resolve_DNS_of_partial_qualified_names_for_services()
    {
        JsonNode server = await Space.ServeAsync(ServicePods.Server("server", "dns"));
        await CreateHeadlessAsync("dns-test-service");
        JsonNode service = await CreateServiceAsync("test-service-2");
        await Space.ClientAsync();
        string pod = server.Text("status.podIP");
        (string, string, string)[] known =
        [
            ("dns-test-service", pod, $"{pod.Replace('.', '-')}.dns-test-service"),
            ("test-service-2", service.Text("spec.clusterIP"), "test-service-2"),
        ];
        foreach ((string name, string address, string target) in known)
        {
            string answer = $"_http._tcp.{name}.{Zone}. SRV 0 100 80 {target}.{Zone}.";
            await LookUpAsync(
            [
                .. Shorter(name)[..3].Select(one => new Lookup(one, $"{name}.{Zone}. A {address}")),
                .. Shorter(name)[..3].Select(one => new Lookup("_http._tcp." + one, answer, "SRV")),
            ]);
            Assert.StartsWith(
                address, await Space.ShellAsync("client", "getent hosts " + name), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Conformance("[sig-network] DNS should provide DNS for pods for Hostname")]
    public async Task Should_provide_DNS_for_pods_for_Hostname()
    {
        await CreateHeadlessAsync("dns-test-service");
        JsonNode pod = await NamedPodAsync("querier-2");
        string name = $"querier-2.dns-test-service.{Zone}";
        await Space.ClientAsync();
        await LookUpAsync(new Lookup(name, $"{name}. A {pod.Text("status.podIP")}"));
        Assert.Equal("querier-2", await Space.ShellAsync("named", "hostname"));
        Assert.StartsWith(
            pod.Text("status.podIP"),
            await Space.ShellAsync("named", "getent hosts querier-2"),
            StringComparison.Ordinal);
    }

    [Fact]
    [Conformance("[sig-network] DNS should provide DNS for pods for Subdomain")]
    public async Task Should_provide_DNS_for_pods_for_Subdomain()
    {
        await CreateHeadlessAsync("dns-test-service");
        JsonNode pod = await NamedPodAsync("querier-2");
        await Space.ClientAsync();
        string address = pod.Text("status.podIP");
        await LookUpAsync(
        [
            .. Shorter("dns-test-service").Select(name => new Lookup(name, $"dns-test-service.{Zone}. A {address}")),
            .. Shorter("dns-test-service").Select(
                name => new Lookup("querier-2." + name, $"querier-2.dns-test-service.{Zone}. A {address}")),
        ]);
    }

    [Fact]
    [Conformance("[sig-network] DNS should provide DNS for ExternalName services")]
    public async Task Should_provide_DNS_for_ExternalName_services()
    {
        await Space.Services.CreateAsync(
            "metadata: {name: external}\nspec: {type: ExternalName, externalName: foo.example.com}");
        await Space.ClientAsync();
        await LookUpAsync(
            new Lookup($"external.{Zone}", $"external.{Zone}. CNAME foo.example.com.", "CNAME"));
        await Space.Services.MergeAsync("external", """{"spec":{"externalName":"bar.example.com"}}""");
        await LookUpAsync(
            new Lookup($"external.{Zone}", $"external.{Zone}. CNAME bar.example.com.", "CNAME"));
        JsonNode changed = await Space.Services.MergeAsync(
            "external",
            """
            {"spec":{"type":"ClusterIP","externalName":null,"ports":[{"port":80,"name":"http","protocol":"TCP"}]}}
            """);
        await LookUpAsync(
            new Lookup($"external.{Zone}", $"external.{Zone}. A {changed.Text("spec.clusterIP")}"));
    }

    [Fact]
    [Conformance("[sig-network] DNS should support configurable pod DNS nameservers")]
    public async Task Should_support_configurable_pod_DNS_nameservers()
    {
        await Space.ClientAsync(
            "configured",
            """
            dnsPolicy: None
              dnsConfig: {nameservers: [1.1.1.1], searches: [resolv.conf.local], options: [{name: ndots, value: "2"}]}
            """);
        Assert.Equal(
            "search resolv.conf.local\nnameserver 1.1.1.1\noptions ndots:2",
            await Space.ShellAsync("configured", "cat /etc/resolv.conf"));
    }

    /// <summary>A name as pods of the namespace may write it, from short to full.</summary>
    private string[] Shorter(string name) =>
        [name, $"{name}.{Space.Namespace}", $"{name}.{Space.Namespace}.svc", $"{name}.{Zone}", $"{name}.{Zone}."];

    private Task CreateHeadlessAsync(string name) => Space.Services.CreateAsync(
        $$"""
        metadata: {name: {{name}} }
        spec: {clusterIP: None, selector: {app: dns}, ports: [{port: 80, name: http, protocol: TCP}]}
        """);

    private Task<JsonNode> CreateServiceAsync(string name) => Space.Services.CreateAsync(
        $$"""
        metadata: {name: {{name}} }
        spec: {selector: {app: dns}, ports: [{port: 80, name: http, protocol: TCP}]}
        """);

    /// <summary>Starts a pod with a hostname of its own in the domain of the headless service.</summary>
    private Task<JsonNode> NamedPodAsync(string hostname) => Space.ServeAsync(
        $$"""
        metadata: {name: named, labels: {app: dns} }
        spec:
          hostname: {{hostname}}
          subdomain: dns-test-service
          terminationGracePeriodSeconds: 0
          containers: [{name: c, image: "agnhost:2", command: [sleep, "3600"]}]
        """);

    /// <summary>Looks names up over UDP and over TCP, until the answers are right.</summary>
    private Task LookUpAsync(params Lookup[] lookups) => Space.ShellUntilAsync(
        "client",
        string.Join("; ", lookups.Select(
            static one => $"dig {one.Name} {one.Type}; dig +tcp {one.Name} {one.Type}")),
        string.Join('\n', lookups.Select(static one => $"{one.Answer}\n{one.Answer}")));

    /// <summary>A question and what the answer is.</summary>
    private sealed record Lookup(string Name, string Answer, string Type = "A");
}
