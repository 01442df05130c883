using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Init containers run one after the other, before the others.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class InitContainerTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] InitContainer [NodeConformance]";

    [Fact]
    [Conformance(Area, "should invoke init containers on a RestartNever pod")]
    public async Task Should_invoke_init_containers_on_a_RestartNever_pod()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(Pod("restartPolicy: Never", "true", "true", "true"));
        Assert.Equal("Succeeded", ended.Phase);
        AssertInitialized(ended.Pod);
        Assert.Equal(0, ended.Pod.Number("status.containerStatuses.0.state.terminated.exitCode"));
        Assert.Equal("PodCompleted", ended.Pod.Condition("Ready").Text("reason"));
    }

    [Fact]
    [Conformance(Area, "should invoke init containers on a RestartAlways pod")]
    public async Task Should_invoke_init_containers_on_a_RestartAlways_pod()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode running = await space.ServeAsync(Pod("restartPolicy: Always", "true", "true", "sleep 600"));
        AssertInitialized(running);
        Assert.True(running.Has("status.containerStatuses.0.state.running"));
    }

    [Fact]
    [Conformance(Area, "should not start app containers if init containers fail on a RestartAlways pod")]
    public async Task Should_not_start_app_containers_if_init_containers_fail_on_a_RestartAlways_pod()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using WatchStream watch = await space.Pods.WatchAsync();
        await space.Pods.CreateAsync(Pod("restartPolicy: Always", "false", "true", "sleep 600"));
        while (true)
        {
            JsonNode pod = (await watch.NextAsync()).Object;
            if (!pod.Has("status.initContainerStatuses"))
            {
                continue;
            }

            Assert.Equal("Pending", pod.Text("status.phase"));
            Assert.Equal("PodInitializing", Waits(pod, "initContainerStatuses.1"));
            Assert.Equal("PodInitializing", Waits(pod, "containerStatuses.0"));
            Assert.Equal("ContainersNotInitialized", pod.Condition("Initialized").Text("reason"));
            Assert.Equal(
                "containers with incomplete status: [init1 init2]", pod.Condition("Initialized").Text("message"));
            if (pod.Number("status.initContainerStatuses.0.restartCount") >= 3)
            {
                break;
            }
        }
    }

    [Fact]
    [Conformance(
        Area, "should not start app containers and fail the pod if init containers fail on a RestartNever pod")]
    public async Task Should_not_start_app_containers_and_fail_the_pod_if_init_containers_fail()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Pod("restartPolicy: Never", "true", "false", "true"));
        JsonNode failed =
            await space.Pods.UntilAsync("init", static one => one.Text("status.phase") == "Failed");
        JsonNode condition = failed.Condition("Initialized")!;
        Assert.Equal(("False", "ContainersNotInitialized"), (condition.Text("status"), condition.Text("reason")));
        Assert.Equal("containers with incomplete status: [init2]", condition.Text("message"));
        Assert.Equal(0, failed.Number("status.initContainerStatuses.0.state.terminated.exitCode"));
        Assert.Equal(1, failed.Number("status.initContainerStatuses.1.state.terminated.exitCode"));
        Assert.Equal("PodInitializing", Waits(failed, "containerStatuses.0"));
    }

    [Fact]
    public async Task Sidecars_start_before_the_others_run_beside_them_and_end_after_them()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        string yaml = RealManifests.Of(
            "sidecar",
            $$"""
            restartPolicy: Never
            terminationGracePeriodSeconds: 5
            volumes: [{name: v, emptyDir: {} }]
            initContainers:
            - {{RealManifests.Shell(
                "side",
                "touch /v/started; trap 'echo stopped; exit 0' TERM; while :; do sleep 0.1; done",
                "restartPolicy: Always, volumeMounts: [{name: v, mountPath: /v}], "
                    + "startupProbe: {exec: {command: [test, -e, /v/started]}, periodSeconds: 1}")}}
            - {{RealManifests.Shell(
                "init", "test -e /v/started", "volumeMounts: [{name: v, mountPath: /v}]")}}
            """,
            RealManifests.Shell("c", "test -e /v/started", "volumeMounts: [{name: v, mountPath: /v}]"));
        EndedPod ended = await space.RunAsync(yaml);
        Assert.True(ended.Phase == "Succeeded", ended.Pod.ToJsonString());
        Assert.Equal("stopped\n", await space.LogAsync("sidecar", "container=side"));
    }

    private static string Pod(string pod, string first, string second, string main) => RealManifests.Of(
        "init",
        $"{pod}\ninitContainers: [{RealManifests.Shell("init1", first)}, {RealManifests.Shell("init2", second)}]",
        RealManifests.Shell("run1", main, "resources: {limits: {cpu: 100m, memory: 50Mi}}"));

    private static string Waits(JsonNode pod, string container) =>
        pod.Text($"status.{container}.state.waiting.reason");

    private static void AssertInitialized(JsonNode pod)
    {
        Assert.True(pod.IsTrue("Initialized"), pod.ToJsonString());
        Assert.Equal(2, pod.Items("status.initContainerStatuses").Count);
        Assert.All(pod.Items("status.initContainerStatuses"), static one =>
        {
            Assert.True((bool)one["ready"]!);
            Assert.Equal(0, one.Number("state.terminated.exitCode"));
            Assert.Equal("Completed", one.Text("state.terminated.reason"));
        });
    }
}
