using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>The life of pods.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class PodTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Pods";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    [Conformance(Area, "should get a host IP [NodeConformance]")]
    public async Task Should_get_a_host_IP()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode pod = await space.ServeAsync(RealManifests.Sleeper("pod"));
        Assert.Equal(NodeClusterFixture.Address, IPAddress.Parse(pod.Text("status.hostIP")));
        Assert.Equal(pod.Text("status.hostIP"), pod.Text("status.hostIPs.0.ip"));
    }

    [Fact]
    [Conformance(Area, "should be submitted and removed [NodeConformance]")]
    public async Task Should_be_submitted_and_removed()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        Assert.Empty(await space.Pods.ListAsync("app=pod"));
        await using WatchStream watch = await space.Pods.WatchAsync("labelSelector=app%3Dpod");
        await space.Pods.CreateAsync(RealManifests.Server("pod", pod: "terminationGracePeriodSeconds: 1"));
        Assert.Single(await space.Pods.ListAsync("app=pod"));
        await watch.ExpectAsync("ADDED", "pod");
        await watch.UntilAsync("MODIFIED", static one => one.Text("status.phase") == "Running");
        await space.Pods.DeleteAsync("pod");
        JsonNode gone = await watch.UntilAsync("DELETED", static _ => true);
        Assert.True(gone.Has("metadata.deletionTimestamp"));
        Assert.True(gone.Has("metadata.deletionGracePeriodSeconds"));
        Assert.Empty(await space.Pods.ListAsync("app=pod"));
    }

    [Fact]
    [Conformance(Area, "should be updated [NodeConformance]")]
    public async Task Should_be_updated()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Sleeper("pod"));
        Assert.Single(await space.Pods.ListAsync("app=pod"));
        await space.Pods.UpdateAsync("pod", static one => one.SetLabel("time", "updated"));
        JsonNode updated = Assert.Single(await space.Pods.ListAsync("time=updated"));
        Assert.True(updated.IsReadyPod());
    }

    [Fact]
    [Conformance(Area, "should allow activeDeadlineSeconds to be updated [NodeConformance]")]
    public async Task Should_allow_activeDeadlineSeconds_to_be_updated()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Sleeper("pod"));
        Assert.Single(await space.Pods.ListAsync("app=pod"));
        await space.Pods.UpdateAsync("pod", static one => one["spec"]!["activeDeadlineSeconds"] = 1);
        JsonNode failed =
            await space.Pods.UntilAsync("pod", static one => one.Text("status.phase") == "Failed");
        Assert.Equal("DeadlineExceeded", failed.Text("status.reason"));
        Assert.Equal("Pod was active on the node longer than the specified deadline", failed.Text("status.message"));
        await space.Pods.UntilAsync("pod", static one => one.Has("status.containerStatuses.0.state.terminated"));
    }

    [Fact]
    [Conformance(Area, "should contain environment variables for services [NodeConformance]")]
    public async Task Should_contain_environment_variables_for_services()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode service = await space.Services.CreateAsync(
            "{metadata: {name: fooservice}, spec: {ports: [{port: 8765, targetPort: 8080}], selector: {app: server}}}");
        string address = service.Text("spec.clusterIP");
        string log = "";
        long start = TimeProvider.System.GetTimestamp();
        for (int i = 0; !log.Contains("FOOSERVICE") && TimeProvider.System.GetElapsedTime(start) < Patience; i++)
        {
            // A pod that starts at once may be earlier than the node hears of the service.
            log = await space.SucceedAsync(RealManifests.Script($"env-{i}", "env"));
        }

        ConfigMapTests.AssertHas(
            log,
            $"FOOSERVICE_SERVICE_HOST={address}",
            "FOOSERVICE_SERVICE_PORT=8765",
            $"FOOSERVICE_PORT=tcp://{address}:8765",
            "FOOSERVICE_PORT_8765_TCP_PORT=8765",
            "FOOSERVICE_PORT_8765_TCP_PROTO=tcp",
            $"FOOSERVICE_PORT_8765_TCP=tcp://{address}:8765",
            $"FOOSERVICE_PORT_8765_TCP_ADDR={address}");
    }

    [Fact]
    [Conformance(Area, "should delete a collection of pods")]
    public async Task Should_delete_a_collection_of_pods()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        foreach (string name in (string[])["test-pod-1", "test-pod-2", "test-pod-3"])
        {
            await space.Pods.CreateAsync(RealManifests.Sleeper(name)
                .Replace("{app: " + name, "{type: Testing, app: " + name, StringComparison.Ordinal));
        }

        await space.ReadyPodsAsync("type=Testing", 3);
        await space.Pods.DeleteCollectionAsync("type=Testing");
        await space.Pods.UntilAllAsync(static found => found.Count == 0, "type=Testing");
    }

    [Fact]
    [Conformance(Area, "should patch a pod status")]
    public async Task Should_patch_a_pod_status()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Sleeper("pod"));
        JsonNode patched = await space.Pods.StrategicAsync(
            "pod/status", """{"status":{"message":"Patched by e2e test","reason":"E2E"}}""");
        Assert.Equal("Patched by e2e test", patched.Text("status.message"));
        Assert.Equal("E2E", patched.Text("status.reason"));
    }

    [Fact]
    [Conformance(Area, "should run through the lifecycle of Pods and PodStatus")]
    public async Task Should_run_through_the_lifecycle_of_Pods_and_PodStatus()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using WatchStream watch = await space.Pods.WatchAsync("labelSelector=app%3Dpod");
        await space.Pods.CreateAsync(RealManifests.Of("pod", "", "{name: c, image: \"nginx:1.25\"}"));
        await watch.ExpectAsync("ADDED", "pod");
        await watch.UntilAsync("MODIFIED", static one => one.IsReadyPod());
        await space.Pods.StrategicAsync(
            "pod",
            """
            {"metadata":{"labels":{"test-pod-static":"true"}},
             "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"nginx:latest"}]}}
            """.Replace("\"terminationGracePeriodSeconds\":1,", ""));
        await watch.UntilAsync("MODIFIED", static one => one.Label("test-pod-static") == "true");
        JsonNode replaced = await watch.UntilAsync(
            "MODIFIED",
            static one => one.IsReadyPod() && one.Number("status.containerStatuses.0.restartCount") == 1);
        Assert.Equal("nginx:latest", replaced.Text("spec.containers.0.image"));
        Assert.Equal(
            "docker.io/library/nginx:latest", replaced.Text("status.containerStatuses.0.image"));

        JsonNode status = await space.Pods.UpdateAsync(
            "pod/status",
            static one =>
            {
                one.Condition("Ready")!["status"] = "False";
                one.Condition("ContainersReady")!["status"] = "False";
            });
        Assert.False(status.IsTrue("Ready") || status.IsTrue("ContainersReady"));
        await watch.UntilAsync("MODIFIED", static one => !one.IsTrue("Ready"));

        // The kubelet knows better.
        await watch.UntilAsync("MODIFIED", static one => one.IsReadyPod());
        await space.Pods.DeleteCollectionAsync("app=pod");
        await watch.UntilAsync("DELETED", static one => one.Name() == "pod");
    }

    [Fact]
    [Conformance(Area, "should support remote command execution over websockets [NodeConformance]")]
    public async Task Should_support_remote_command_execution_over_websockets()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Sleeper("pod"));
        string text = await OverWebSocketAsync(
            $"{space.Pods.Path}/pod/exec?stderr=1&stdout=1&container=c&command=echo&command=remote%20execution%20test",
            "channel.k8s.io",
            channels: true);
        Assert.Equal("remote execution test\n", text);
    }

    [Fact]
    [Conformance(Area, "should support retrieving logs from the container over websockets [NodeConformance]")]
    public async Task Should_support_retrieving_logs_from_the_container_over_websockets()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.SucceedAsync(RealManifests.Script("pod", "echo container is alive"));
        string text = await OverWebSocketAsync(
            $"{space.Pods.Path}/pod/log?container=c", "binary.k8s.io", channels: false);
        Assert.Equal("container is alive\n", text);
    }

    [Fact]
    [Conformance(
        "[sig-node] Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits",
        "for memory and cpu")]
    public async Task Should_set_the_QOS_class()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        foreach ((string name, string resources, string expected) in ((string, string, string)[])
        [
            ("guaranteed", "{requests: {cpu: 100m, memory: 100Mi}, limits: {cpu: 100m, memory: 100Mi}}", "Guaranteed"),
            ("burstable", "{requests: {cpu: 100m}, limits: {cpu: 200m}}", "Burstable"),
            ("besteffort", "{}", "BestEffort"),
        ])
        {
            await space.Pods.CreateAsync(RealManifests.Sleeper(name, "resources: " + resources));
            JsonNode pod = await space.Pods.UntilAsync(name, static one => one.IsReadyPod());
            Assert.Equal(expected, pod.Text("status.qosClass"));
        }
    }

    [Fact]
    public async Task A_gate_keeps_a_pod_from_being_ready()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(RealManifests.Sleeper("pod", pod: Manifests.Gate));
        JsonNode waiting = await space.Pods.UntilAsync("pod", static one => one.IsTrue("ContainersReady"));
        Assert.Equal("ReadinessGatesNotReady", waiting.Condition("Ready").Text("reason"));
        await space.Pods.StrategicAsync("pod/status", Manifests.Open);
        await space.Pods.UntilAsync("pod", static one => one.IsReadyPod());
        await space.Pods.StrategicAsync("pod/status", Manifests.Shut);
        await space.Pods.UntilAsync("pod", static one => !one.IsTrue("Ready"));
    }

    /// <summary>What a server sends over a WebSocket until it closes it.</summary>
    private async Task<string> OverWebSocketAsync(string path, string protocol, bool channels)
    {
        UriBuilder address = new(new Uri(cluster.Client.BaseAddress!, path)) { Scheme = "wss" };
        using CancellationTokenSource bound = new(Patience);
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(address.Uri, cluster.Client, bound.Token);
        Assert.Equal(protocol, socket.SubProtocol);
        StringBuilder text = new();
        byte[] buffer = new byte[32 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, bound.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return text.ToString();
            }

            Assert.True(part.EndOfMessage);
            Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
            int start = channels ? 1 : 0;
            if (!channels || (part.Count > 0 && buffer[0] == 1))
            {
                text.Append(Encoding.UTF8.GetString(buffer, start, part.Count - start));
            }
        }
    }
}
