using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>Pods, services and names on a real node.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class NodeTests(NodeClusterFixture cluster)
{
    [Fact]
    public async Task A_deployment_answers_through_its_service_and_its_name()
    {
        NodeClusterFixture.SkipUnlessPossible();
        await cluster.NamespaceAsync("web");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/web/deployments",
            """
            {"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"nginx:1.25",
             "ports":[{"containerPort":80}],"readinessProbe":{"httpGet":{"port":80},"periodSeconds":1}}]}}}}
            """);
        JsonNode service = await cluster.PostAsync(
            "/api/v1/namespaces/web/services",
            """{"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        await cluster.EventuallyAsync(
            "/apis/apps/v1/namespaces/web/deployments/web",
            static one => (int?)one["status"]?["availableReplicas"] == 2);
        await cluster.PostAsync(
            "/api/v1/namespaces/web/pods",
            """
            {"metadata":{"name":"client"},"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox",
             "command":["sh","-c","get $ADDRESS && get web.web.svc.cluster.local && get web"],
             "env":[{"name":"ADDRESS","value":"ADDRESS_OF_WEB"}]}]}}
            """.Replace("ADDRESS_OF_WEB", (string)service["spec"]!["clusterIP"]!));
        JsonNode client = await cluster.EventuallyAsync(
            "/api/v1/namespaces/web/pods/client",
            static one => (string?)one["status"]!["phase"] is "Succeeded" or "Failed");
        using HttpResponseMessage answer = await cluster.Client.GetAsync("/api/v1/namespaces/web/pods/client/log");
        string log = await answer.Content.ReadAsStringAsync();
        Assert.True((string?)client["status"]!["phase"] == "Succeeded", log);
        Assert.Equal(3, log.Split("<h1>Welcome to nginx!</h1>").Length - 1);
    }

    [Fact]
    public async Task Monitoring_finds_at_the_node_what_it_asks_kubelets_for()
    {
        NodeClusterFixture.SkipUnlessPossible();
        await cluster.NamespaceAsync("watched");
        await cluster.PostAsync(
            "/api/v1/namespaces/watched/persistentvolumeclaims",
            """
            {"metadata":{"name":"data"},
             "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Mi"}}}}
            """);
        await cluster.PostAsync(
            "/api/v1/namespaces/watched/pods",
            """
            {"metadata":{"name":"pod"},"spec":{"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}],
             "containers":[{"name":"main","image":"busybox","command":["sleep","1000"],
             "resources":{"limits":{"cpu":"50m","memory":"20Mi"}},"volumeMounts":[{"name":"v","mountPath":"/v"}],
             "readinessProbe":{"exec":{"command":["true"]},"periodSeconds":1}}]}}
            """);
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/watched/pods/pod",
            static one => one["status"]?["containerStatuses"]?[0]?["ready"]?.GetValue<bool>() == true);
        string own = await ReadAsync("metrics");
        Assert.Contains(
            "kubelet_volume_stats_capacity_bytes{namespace=\"watched\",persistentvolumeclaim=\"data\"}", own,
            StringComparison.Ordinal);
        Assert.Contains(
            "kubelet_runtime_operations_total{operation_type=\"run_podsandbox\"}", own, StringComparison.Ordinal);
        Assert.Contains("kubelet_pod_start_duration_seconds_bucket", own, StringComparison.Ordinal);
        string groups = await ReadAsync("metrics/cadvisor");
        groups = string.Join('\n', groups.Split('\n').Where(static one => one.Contains("pod=\"pod\"")));
        Assert.True(groups.Length > 0);
        ShowIfNot(groups,
            """container_cpu_cfs_periods_total\{container="main",id="/[^"]+/pod[^"]+",image="[^"]*busybox[^}]+""");
        ShowIfNot(
            groups, """container_spec_memory_limit_bytes\{container="main"[^}]+pod="pod"\} 2\.09""");
        ShowIfNot(groups, """container_network_receive_packets_total\{[^}]+interface="eth0"[^}]+pod="pod"\}""");
        Assert.Matches(
            """prober_probe_total\{container="main"[^}]+probe_type="Readiness",result="successful"\} [1-9]""",
            await ReadAsync("metrics/probes"));
        JsonNode configuration = JsonNode.Parse(await ReadAsync("configz"))!["kubeletconfig"]!;
        Assert.Equal("5m0s", (string?)configuration["nodeStatusReportFrequency"]);
        Assert.StartsWith("unix:///", (string?)configuration["containerRuntimeEndpoint"], StringComparison.Ordinal);
    }

    private static void ShowIfNot(string text, string pattern) =>
        Assert.True(System.Text.RegularExpressions.Regex.IsMatch(text, pattern), pattern + "\nis not in\n" + text);

    private async Task<string> ReadAsync(string path)
    {
        using HttpResponseMessage answer = await cluster.Client.GetAsync(
            $"/api/v1/nodes/{NodeClusterFixture.NodeName}/proxy/{path}");
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }
}
