using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Kubectl;

namespace Keelson.EndToEnd.Tests.Conformance.Cli;

/// <summary>What kubectl does with objects.</summary>
public sealed class KubectlTests(KeelsonWithNodes keelson) : IClassFixture<KeelsonWithNodes>
{
    private const string Area = "[sig-cli] Kubectl client";

    private const string Primary =
        """
        apiVersion: v1
        kind: ReplicationController
        metadata: {name: agnhost-primary, labels: {app: agnhost, role: primary}}
        spec:
          replicas: 1
          selector: {app: agnhost, role: primary}
          template:
            metadata: {labels: {app: agnhost, role: primary}}
            spec:
              containers: [{name: agnhost-primary, image: agnhost:2, ports: [{name: server, containerPort: 6379}]}]
        """;

    [Fact]
    [Conformance(Area, "Kubectl describe should check if kubectl describe prints relevant information for rc and pods")]
    public async Task Kubectl_describe_should_check_if_kubectl_describe_prints_relevant_information_for_rc_and_pods()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "describe");
        await kubectl.WithAsync(Primary, "create", "-f", "-");
        await kubectl.Async("expose", "rc", "agnhost-primary", "--port=6379");
        await kubectl.PodsAsync("role=primary", 1);
        string pod = (await kubectl.Async("get", "pods", "-o", "name")).Trim();
        Contains(
            await kubectl.Async("describe", pod),
            "Name:", "agnhost-primary-", "Namespace:", "describe", "Node:", "Labels:", "app=agnhost", "role=primary",
            "Status:", "Running", "IP:", "Controlled By:", "ReplicationController/agnhost-primary", "Image:",
            "agnhost:2", "State:", "Running", "QoS Class:", "BestEffort");
        Contains(
            await kubectl.Async("describe", "rc", "agnhost-primary"),
            "Name:", "agnhost-primary", "Namespace:", "describe", "Selector:", "app=agnhost,role=primary", "Labels:",
            "app=agnhost", "role=primary", "Replicas:", "1 current", "1 desired", "Pods Status:", "1 Running",
            "0 Waiting", "0 Succeeded", "0 Failed", "Pod Template:", "Image:", "Events:", "SuccessfulCreate");
        Contains(
            await kubectl.Async("describe", "service", "agnhost-primary"),
            "Name:", "agnhost-primary", "Namespace:", "describe", "Labels:", "app=agnhost", "role=primary", "Selector:",
            "app=agnhost,role=primary", "Type:", "ClusterIP", "IP:", "Port:", "6379/TCP", "Endpoints:", ":6379",
            "Session Affinity:", "None");
        Contains(
            await kubectl.Async("describe", "node", "node-0"),
            "Name:", "node-0", "Labels:", "Annotations:", "CreationTimestamp:", "Conditions:", "Type", "Status",
            "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message", "Addresses:", "Capacity:", "Version:",
            "Kernel Version:", "Container Runtime Version:", "Kubelet Version:");
        Contains(await kubectl.Async("describe", "namespace", "describe"), "Name:", "describe", "Status:", "Active");
    }

    [Fact]
    [Conformance(Area, "Kubectl diff should check if kubectl diff finds a difference for Deployments")]
    public async Task Kubectl_diff_should_check_if_kubectl_diff_finds_a_difference_for_Deployments()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "diff");
        string deployment = "apiVersion: apps/v1\nkind: Deployment\n" + Manifests.Workload("httpd", 1);
        await kubectl.WithAsync(deployment, "create", "-f", "-");
        await kubectl.Async("rollout", "status", "deployment", "httpd", "--timeout=60s");
        (int same, _, _) = await kubectl.TryAsync(deployment, "diff", "-f", "-");
        Assert.Equal(0, same);
        string other = deployment.Replace("nginx:1", "busybox", StringComparison.Ordinal);
        (int code, string difference, _) = await kubectl.TryAsync(other, "diff", "-f", "-");
        Assert.Equal(1, code);
        Assert.Contains("-      - image: nginx:1", difference, StringComparison.Ordinal);
        Assert.Contains("+      - image: busybox", difference, StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(Area, "Kubectl expose should create services for rc")]
    public async Task Kubectl_expose_should_create_services_for_rc()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "expose");
        await kubectl.WithAsync(Primary, "create", "-f", "-");
        await kubectl.PodsAsync("role=primary", 1);
        await kubectl.Async("expose", "rc", "agnhost-primary", "--name=rm2", "--port=1234", "--target-port=6379");
        await ExposedAsync(kubectl, "rm2", 1234);
        await kubectl.Async("expose", "service", "rm2", "--name=rm3", "--port=2345", "--target-port=6379");
        await ExposedAsync(kubectl, "rm3", 2345);
    }

    [Fact]
    [Conformance(Area, "Kubectl label should update the label on a resource")]
    public async Task Kubectl_label_should_update_the_label_on_a_resource()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "label");
        await kubectl.Async("run", "pause", "--image=pause");
        await kubectl.PodsAsync("run=pause", 1);
        await kubectl.Async("label", "pods", "pause", "testing-label=testing-label-value");
        Assert.Contains(
            "testing-label-value", await kubectl.Async(
                "get", "pod", "pause", "-L", "testing-label"), StringComparison.Ordinal);
        Assert.Contains("pause", await kubectl.Async("get", "pod", "-l", "testing-label"), StringComparison.Ordinal);
        await kubectl.Async("label", "pods", "pause", "testing-label-");
        Assert.Equal("", await kubectl.Async("get", "pod", "-l", "testing-label"));
    }

    [Fact]
    [Conformance(Area, "Kubectl patch should add annotations for pods in rc")]
    public async Task Kubectl_patch_should_add_annotations_for_pods_in_rc()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "patch");
        await kubectl.WithAsync(
            Primary.Replace("replicas: 1", "replicas: 2", StringComparison.Ordinal), "create", "-f", "-");
        await kubectl.PodsAsync("app=agnhost", 2);
        foreach (string pod in (
            await kubectl.Async("get", "pods", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await kubectl.Async("patch", pod, "-p", """{"metadata":{"annotations":{"x":"y"}}}""");
        }

        IReadOnlyList<JsonNode> pods = (await kubectl.GetAsync("pods")).Items();
        Assert.Equal(2, pods.Count);
        Assert.All(pods, static one => Assert.Equal("y", one.Annotation("x")));
    }

    [Fact]
    [Conformance(Area, "Kubectl replace should update a single-container pod's image")]
    public async Task Kubectl_replace_should_update_a_single_container_pods_image()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "replace");
        await kubectl.Async("run", "e2e-test-httpd-pod", "--image=httpd:1", "--labels=run=e2e-test-httpd-pod");
        await kubectl.PodsAsync("run=e2e-test-httpd-pod", 1);
        string pod = await kubectl.Async("get", "pod", "e2e-test-httpd-pod", "-o", "json");
        await kubectl.WithAsync(pod.Replace("httpd:1", "busybox:1", StringComparison.Ordinal), "replace", "-f", "-");
        Assert.Equal("busybox:1", (await kubectl.GetAsync("pod/e2e-test-httpd-pod")).Text("spec.containers.0.image"));

        // With --force there is another pod of that name.
        string before = (await kubectl.GetAsync("pod/e2e-test-httpd-pod")).Text("metadata.uid");
        await kubectl.WithAsync(
            pod.Replace("httpd:1", "busybox:2", StringComparison.Ordinal), "replace", "--force", "-f", "-");
        JsonNode forced = await kubectl.GetAsync("pod/e2e-test-httpd-pod");
        Assert.Equal("busybox:2", forced.Text("spec.containers.0.image"));
        Assert.NotEqual(before, forced.Text("metadata.uid"));
    }

    [Fact]
    [Conformance(Area, "Kubectl run pod should create a pod from an image when restart is Never")]
    public async Task Kubectl_run_pod_should_create_a_pod_from_an_image_when_restart_is_Never()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "run");
        await kubectl.Async("run", "e2e-test-httpd-pod", "--restart=Never", "--image=httpd:1");
        JsonNode pod = await kubectl.GetAsync("pod/e2e-test-httpd-pod");
        Assert.Equal("httpd:1", Assert.Single(pod.Items("spec.containers")).Text("image"));
        Assert.Equal("Never", pod.Text("spec.restartPolicy"));
        await kubectl.PodsAsync("run=e2e-test-httpd-pod", 1);
    }

    [Fact]
    [Conformance(Area, "Kubectl server-side dry-run should check if kubectl can dry-run update Pods")]
    public async Task Kubectl_server_side_dry_run_should_check_if_kubectl_can_dry_run_update_Pods()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "dry-run");
        await kubectl.Async("run", "e2e-test-httpd-pod", "--image=httpd:1", "--labels=run=e2e-test-httpd-pod");
        await kubectl.PodsAsync("run=e2e-test-httpd-pod", 1);
        const string patch = """{"spec":{"containers":[{"name":"e2e-test-httpd-pod","image":"busybox"}]}}""";
        string shown = await kubectl.Async(
            "patch", "pod", "e2e-test-httpd-pod", "-p", patch, "--dry-run=server", "-o", "json");
        Assert.Equal("busybox", JsonNode.Parse(shown).Text("spec.containers.0.image"));
        Assert.Equal("httpd:1", (await kubectl.GetAsync("pod/e2e-test-httpd-pod")).Text("spec.containers.0.image"));
    }

    [Fact]
    [Conformance(Area, "Update Demo should create and stop a replication controller")]
    public async Task Update_Demo_should_create_and_stop_a_replication_controller()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "demo-stop");
        string nautilus = Primary.Replace("replicas: 1", "replicas: 2", StringComparison.Ordinal);
        await kubectl.WithAsync(nautilus, "create", "-f", "-");
        await kubectl.PodsAsync("role=primary", 2);
        await kubectl.WithAsync(nautilus, "delete", "--grace-period=0", "--force", "-f", "-");
        Assert.Equal("", await kubectl.Async("get", "rc,svc", "-l", "role=primary", "--no-headers"));
        await kubectl.UntilAsync(static text => text.Length == 0, "get", "pods", "-l", "role=primary", "-o", "name");
    }

    [Fact]
    [Conformance(Area, "Update Demo should scale a replication controller")]
    public async Task Update_Demo_should_scale_a_replication_controller()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "demo-scale");
        await kubectl.WithAsync(
            Primary.Replace("replicas: 1", "replicas: 2", StringComparison.Ordinal), "create", "-f", "-");
        await kubectl.PodsAsync("role=primary", 2);
        await kubectl.Async("scale", "rc", "agnhost-primary", "--replicas=1", "--timeout=5m");
        await kubectl.PodsAsync("role=primary", 1);
        await kubectl.Async("scale", "rc", "agnhost-primary", "--replicas=2", "--timeout=5m");
        await kubectl.PodsAsync("role=primary", 2);
    }

    private static void Contains(string text, params string[] parts)
    {
        foreach (string part in parts)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    private static async Task ExposedAsync(KubectlRun kubectl, string service, int port)
    {
        JsonNode found = await kubectl.GetAsync("service/" + service);
        JsonNode only = Assert.Single(found.Items("spec.ports"));
        Assert.Equal((port, 6379), (only.Number("port"), only.Number("targetPort")));
        await kubectl.UntilAsync(
            static text => text.Contains(":6379", StringComparison.Ordinal),
            "get", "endpoints", service, "-o", "jsonpath={range .subsets[*]}{.addresses[0].ip}:{.ports[0].port}{end}");
    }
}
