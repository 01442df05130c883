using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Containers that end: states, restarts, last words.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ContainerRuntimeTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Container Runtime blackbox test";
    private const string Message = "status.containerStatuses.0.state.terminated.message";

    // Fails first, ends well then, and runs on from the third time on.
    private const string Counting =
        """
        echo hello >> /restart-count/count
        case $(wc -l < /restart-count/count) in 1) exit 1 ;; 2) exit 0 ;; esac
        sleep 3600
        """;

    [Fact]
    [Conformance(Area, "when starting a container that exits should run with the expected status [NodeConformance]")]
    public async Task When_starting_a_container_that_exits_should_run_with_the_expected_status()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        Task<JsonNode> always = space.Pods.UntilAsync(
            "always", static one => one.IsReadyPod() && one.Number("status.containerStatuses.0.restartCount") == 2);
        Task<JsonNode> onFailure = EndedAsync(space, "onfailure");
        Task<JsonNode> never = EndedAsync(space, "never");
        foreach (string policy in (string[])["Always", "OnFailure", "Never"])
        {
            await space.Pods.CreateAsync(RealManifests.Of(
                policy.ToLowerInvariant(),
                $"restartPolicy: {policy}\nvolumes: [{{name: v, emptyDir: {{}}}}]",
                RealManifests.Shell("c", Counting, "volumeMounts: [{name: v, mountPath: /restart-count}]")));
        }

        JsonNode status = (await always).At("status.containerStatuses.0")!;
        Assert.True(status.Has("state.running"), status.ToJsonString());
        Assert.Equal(0, status.Number("lastState.terminated.exitCode"));
        Assert.Equal("Completed", status.Text("lastState.terminated.reason"));
        JsonNode ended = await onFailure;
        Assert.Equal("Succeeded", ended.Text("status.phase"));
        AssertEnded(ended, restarts: 1, exitCode: 0, "Completed");
        JsonNode failed = await never;
        Assert.Equal("Failed", failed.Text("status.phase"));
        AssertEnded(failed, restarts: 0, exitCode: 1, "Error");
    }

    [Fact]
    [Conformance(
        Area,
        "on terminated container should report termination message if TerminationMessagePath is set as non-root user",
        "and at a non-default path [NodeConformance]")]
    public async Task Should_report_termination_message_of_another_path_as_another_user()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(RealManifests.Script(
            "message",
            "echo -n DONE > /dev/termination-custom-log",
            "terminationMessagePath: /dev/termination-custom-log, securityContext: {runAsUser: 10000}"));
        Assert.Equal(("Succeeded", "DONE"), (ended.Phase, ended.Pod.Text(Message)));
    }

    [Fact]
    [Conformance(
        Area,
        "on terminated container should report termination message from log output if TerminationMessagePolicy",
        "FallbackToLogsOnError is set [NodeConformance]")]
    public async Task Should_report_termination_message_from_log_output()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(RealManifests.Script(
            "message", "echo -n DONE; exit 1", "terminationMessagePolicy: FallbackToLogsOnError"));
        Assert.Equal(("Failed", "DONE"), (ended.Phase, ended.Pod.Text(Message)));
    }

    [Fact]
    [Conformance(
        Area,
        "on terminated container should report termination message as empty when pod succeeds and",
        "TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance]")]
    public async Task Should_report_termination_message_as_empty_when_pod_succeeds()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(RealManifests.Script(
            "message", "echo DONE", "terminationMessagePolicy: FallbackToLogsOnError"));
        Assert.Equal(("Succeeded", "", "DONE\n"), (ended.Phase, ended.Pod.Text(Message), ended.Log));
    }

    [Fact]
    [Conformance(
        Area,
        "on terminated container should report termination message from file when pod succeeds and",
        "TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance]")]
    public async Task Should_report_termination_message_from_file_when_pod_succeeds()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(RealManifests.Script(
            "message",
            "echo DONE; echo -n OK > /dev/termination-log",
            "terminationMessagePolicy: FallbackToLogsOnError"));
        Assert.Equal(("Succeeded", "OK"), (ended.Phase, ended.Pod.Text(Message)));
    }

    [Fact]
    public async Task A_container_that_goes_on_failing_waits_longer_and_longer()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(RealManifests.Of("fails", "", RealManifests.Shell("c", "exit 1")));
        JsonNode waiting = await space.WaitingAsync("fails", "CrashLoopBackOff");
        Assert.Equal(
            $"back-off 1s restarting failed container=c pod=fails_{space.Namespace}({waiting.Text("metadata.uid")})",
            waiting.Text("status.containerStatuses.0.state.waiting.message"));
        Assert.Equal(1, waiting.Number("status.containerStatuses.0.lastState.terminated.exitCode"));
    }

    private static void AssertEnded(JsonNode pod, int restarts, int exitCode, string reason)
    {
        JsonNode status = pod.At("status.containerStatuses.0")!;
        Assert.Equal(restarts, status.Number("restartCount"));
        Assert.False((bool)status["ready"]!);
        Assert.Equal(exitCode, status.Number("state.terminated.exitCode"));
        Assert.Equal(reason, status.Text("state.terminated.reason"));
        Assert.False(pod.IsTrue("Ready"));
    }

    private static Task<JsonNode> EndedAsync(Workspace space, string pod) => space.Pods.UntilAsync(
        pod, static one => one.Text("status.phase") is "Succeeded" or "Failed");
}
