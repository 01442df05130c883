using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;
using Keelson.EndToEnd.Tests.Conformance.Network;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>What a node's network does beside what upstream's suite asks for.</summary>
public sealed class NetworkTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    public async Task A_balancer_has_the_nodes_address_in_its_status_for_as_long_as_it_is_one()
    {
        await Space.ServeAsync(ServicePods.Server("server", "balanced"));
        int port = FreePort();
        await Space.Services.CreateAsync(
            $$"""
            metadata: {name: balanced}
            spec: {type: LoadBalancer, selector: {app: balanced}, ports: [{port: {{port}}, targetPort: 8080}]}
            """);
        string node = await Space.NodeAddressAsync();
        JsonNode service = await Space.Services.UntilAsync(
            "balanced", static one => one.Items("status.loadBalancer.ingress").Count > 0);
        JsonNode ingress = Assert.Single(service.Items("status.loadBalancer.ingress"));
        Assert.Equal((node, "VIP"), (ingress.Text("ip"), ingress.Text("ipMode")));
        Assert.Equal("service.kubernetes.io/load-balancer-cleanup", service.Text("metadata.finalizers.0"));
        await Space.ClientAsync();
        await Space.ReachAsync("client", node, port, "server");
        await Space.Events.UntilAllAsync(
            static all => all.Any(static one => one.Text("reason") == "EnsuredLoadBalancer"));
        await Space.Services.MergeAsync("balanced", """{"spec":{"type":"ClusterIP"}}""");
        await Space.Services.UntilAsync(
            "balanced", static one => one.Items("status.loadBalancer.ingress").Count == 0
                && one.Items("metadata.finalizers").Count == 0);
        await Space.MissAsync("client", "connect", node, port);
    }

    [Fact]
    public async Task An_ingress_has_the_nodes_address_in_its_status()
    {
        Resource ingresses = Space.In("networking.k8s.io/v1", "ingresses");
        await Space.ServeAsync(ServicePods.Server("server", "behind"));
        await Space.Services.CreateAsync(
            "metadata: {name: behind}\nspec: {selector: {app: behind}, ports: [{port: 80, targetPort: 8080}]}");
        await ingresses.CreateAsync(
            $$"""
            metadata: {name: front}
            spec:
              ingressClassName: keelson
              rules:
              - host: {{Space.Namespace}}.example.com
                http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: behind, port: {number: 80} } } }] }
            """);
        JsonNode ingress = await ingresses.UntilAsync(
            "front", static one => one.Items("status.loadBalancer.ingress").Count > 0);
        Assert.Equal(await Space.NodeAddressAsync(), ingress.Text("status.loadBalancer.ingress.0.ip"));
        using HttpClient browser = new() { BaseAddress = Cluster.Ingress };
        browser.DefaultRequestHeaders.Host = $"{Space.Namespace}.example.com";
        long start = TimeProvider.System.GetTimestamp();
        string page = "";
        while (page != "server" && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20))
        {
            using HttpResponseMessage response = await browser.GetAsync("/hostname");
            page = await response.Content.ReadAsStringAsync();
            await Task.Delay(20);
        }

        Assert.Equal("server", page);

        // Another controller's now: it is not served here any more, and says so.
        await ingresses.MergeAsync("front", """{"spec":{"ingressClassName":"other"}}""");
        await ingresses.UntilAsync("front", static one => one.Items("status.loadBalancer.ingress").Count == 0);
    }

    [Fact]
    public async Task The_clusters_names_have_a_service_and_the_node_is_its_endpoint()
    {
        JsonNode service = await Cluster.GetAsync("/api/v1/namespaces/kube-system/services/kube-dns");
        Assert.Equal("10.96.0.10", service.Text("spec.clusterIP"));
        Assert.Equal("kube-dns", service.Label("k8s-app"));
        JsonNode slices = await Cluster.GetAsync(
            "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
                + "?labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns");
        JsonNode slice = Assert.Single(slices.Items());
        JsonNode endpoint = Assert.Single(slice.Items("endpoints"));
        Assert.Equal("node-1", endpoint.Text("nodeName"));
        Assert.True((bool)endpoint.At("conditions.ready")!);
        Assert.Equal(("Node", "node-1"), (
            slice.Text("metadata.ownerReferences.0.kind"), slice.Text("metadata.ownerReferences.0.name")));
        JsonNode client = await Space.ClientAsync();
        Assert.Equal(
            $"""
            search {Space.Namespace}.svc.cluster.local svc.cluster.local cluster.local
            nameserver 10.96.0.10
            options ndots:5
            """,
            string.Join('\n', (await Space.ShellAsync(client.Name(), "cat /etc/resolv.conf")).Split('\n')
                .Select(static line => line.StartsWith("search", StringComparison.Ordinal)
                    ? string.Join(' ', line.Split(' ')[..4])
                    : line)));
    }

    [Fact]
    public async Task A_network_policy_holds_before_a_pods_first_container_starts()
    {
        JsonNode server = await Space.ServeAsync(ServicePods.Server("server", "asked"));
        await Space.In("networking.k8s.io/v1", "networkpolicies").CreateAsync(
            """
            metadata: {name: jail}
            spec: {podSelector: {matchLabels: {app: jailed} }, policyTypes: [Egress]}
            """);
        string[] jailed = [.. Enumerable.Range(0, 5).Select(static i => $"jailed-{i}")];
        foreach (string name in jailed.Append("free"))
        {
            // What it does first is what the policy forbids.
            await Space.Pods.CreateAsync(
                $$"""
                metadata: {name: {{name}}, labels: {app: {{name.Split('-')[0]}} } }
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: c
                    image: agnhost:2
                    command: [fetch, "-t", "2", connect, {{server.Text("status.podIP")}}, "8080"]
                """);
        }

        await Space.Pods.UntilAsync("free", static one => one.Text("status.phase") == "Succeeded");
        foreach (string name in jailed)
        {
            JsonNode pod = await Space.Pods.UntilAsync(
                name, static one => one.Text("status.phase") is "Succeeded" or "Failed");
            Assert.Equal((name, "Failed"), (name, pod.Text("status.phase")));
        }
    }

    [Fact]
    public async Task A_pods_dns_policy_says_whose_names_it_sees()
    {
        string[] host = await NameserversAsync("default", "dnsPolicy: Default");
        Assert.DoesNotContain("10.96.0.10", host);
        Assert.Equal(["10.96.0.10"], await NameserversAsync("cluster", "dnsPolicy: ClusterFirst"));
        Assert.Equal(
            ["10.96.0.10"],
            await NameserversAsync("both", "hostNetwork: true\n  dnsPolicy: ClusterFirstWithHostNet"));
        Assert.Equal(host, await NameserversAsync("host", "hostNetwork: true"));
    }

    [Fact]
    public async Task Headless_services_show_pods_that_are_not_ready_when_they_are_asked_to()
    {
        await Space.Pods.CreateAsync(
            """
            metadata: {name: unready, labels: {app: unready} }
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: c
                image: agnhost:2
                command: [netexec]
                readinessProbe: {exec: {command: ["false"]}, periodSeconds: 1}
            """);
        JsonNode pod = await Space.Pods.UntilAsync("unready", static one => one.Text("status.phase") == "Running");
        foreach ((string name, string publishes) in ((string, string)[])[("shows", "true"), ("hides", "false")])
        {
            await Space.Services.CreateAsync(
                $$"""
                metadata: {name: {{name}} }
                spec:
                  clusterIP: None
                  publishNotReadyAddresses: {{publishes}}
                  selector: {app: unready}
                  ports: [{port: 80}]
                """);
        }

        await Space.ClientAsync();
        await Space.ShellUntilAsync(
            "client", "dig shows", $"shows.{Space.Namespace}.svc.cluster.local. A {pod.Text("status.podIP")}");
        CommandResult hidden = await Space.ExecAsync("client", "dig", "hides");
        Assert.Equal((1, ""), (hidden.ExitCode, hidden.Output));
    }

    [Fact]
    public async Task An_internal_policy_local_leads_to_pods_of_the_node_only()
    {
        JsonNode server = await Space.ServeAsync(ServicePods.Server("server", "none"));
        JsonNode service = await Space.Services.CreateAsync(
            "metadata: {name: local}\nspec: {internalTrafficPolicy: Local, ports: [{port: 80, targetPort: 8080}]}");
        string address = service.Text("spec.clusterIP");
        Resource slices = Space.In("discovery.k8s.io/v1", "endpointslices");
        await slices.CreateAsync(
            $$"""
            metadata: {name: local, labels: {kubernetes.io/service-name: local} }
            addressType: IPv4
            ports: [{port: 8080, protocol: TCP}]
            endpoints:
            - {addresses: [192.0.2.77], conditions: {ready: true}, nodeName: elsewhere}
            - {addresses: [{{server.Text("status.podIP")}}], conditions: {ready: true}, nodeName: node-1}
            """);
        await Space.ClientAsync();
        await Space.ReachAsync("client", address, 80, "server");
        string all = await Space.ShellAsync(
            "client",
            $"for i in $(seq 10); do fetch -t 2 tcp {address} 80 /hostname || echo lost; done | sort | uniq -c");
        Assert.Equal("10 server", all.Trim());
        await slices.JsonPatchAsync("local", """[{"op":"remove","path":"/endpoints/1"}]""");
        await Space.MissAsync("client", "connect", address, 80);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string[]> NameserversAsync(string name, string spec)
    {
        await Space.ClientAsync(name, spec);
        string said = await Space.ShellAsync(name, "grep ^nameserver /etc/resolv.conf");
        return [.. said.Split('\n').Select(static line => line.Split(' ')[1])];
    }
}
