using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Tests.Live;

/// <summary>What real containers have of the machine, and how that changes.</summary>
public sealed class ResourceTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task A_container_that_runs_gets_other_resources_without_a_restart()
    {
        Assert.SkipUnless(RunningNode.Missing is null, RunningNode.Missing ?? "");
        await node.CreateAsync(Sized("resized", "100m", "64Mi"));
        Pod pod = await node.UntilAsync("resized", static one => one.Status.Phase == "Running");
        await node.Client.ModifyAsync<Pod>(
            "default", "resized", one => WithLimits(one, "200m", "96Mi"), default, "resize");
        pod = await node.UntilAsync("resized", static one =>
            one.Status.ContainerStatuses[0].Resources?.Limits["cpu"] == Quantity.Parse("200m")
            && one.Status.ContainerStatuses[0].Resources?.Limits["memory"] == Quantity.Parse("96Mi")
            && !one.Status.Conditions.Any(static it => it.Type.StartsWith("PodResize", StringComparison.Ordinal)));
        Assert.Equal(0, pod.Status.ContainerStatuses[0].RestartCount);
        Assert.Equal(Quantity.Parse("200m"), pod.Status.ContainerStatuses[0].AllocatedResources["cpu"]);

        ApiResult<Pod> excessive = await node.Client.ModifyAsync<Pod>(
            "default", "resized", one => WithLimits(one, "1000", "96Mi"), default, "resize");
        Assert.Contains(
            "node didn't have enough allocatable resources: cpu, requested: 1000000, allocatable: ",
            excessive.Error?.Message);
        await node.DeleteAsync("resized", 0);
        await node.GoneAsync("resized");
    }

    [Fact]
    public async Task A_rule_restarts_all_containers_in_their_sandbox()
    {
        Assert.SkipUnless(RunningNode.Missing is null, RunningNode.Missing ?? "");
        Pod pod = node.NewPod("anew", "sleep", "1000");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                RestartPolicy = "Never",
                InitContainers = [RunningNode.NewContainer("init", "true")],
                Containers =
                [
                    pod.Spec.Containers[0],
                    RunningNode.NewContainer("trigger", "sh", "-c", "sleep 1; test -f /data/x && sleep 1000; "
                        + "touch /data/x; exit 42") with
                    {
                        RestartPolicy = "Never",
                        RestartPolicyRules =
                        [
                            new ContainerRestartRule
                            {
                                Action = "RestartAllContainers",
                                ExitCodes = new ContainerRestartRuleOnExitCodes { Operator = "In", Values = [42] },
                            },
                        ],
                        VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }],
                    },
                ],
                Volumes = [new Volume { Name = "data", VolumeSource = new() { EmptyDir = new() } }],
            },
        };
        await node.CreateAsync(pod);
        pod = await node.UntilAsync("anew", static one => one.Status.ContainerStatuses.Count == 2
            && one.Status.ContainerStatuses.All(static it => it is { RestartCount: 1, State.Running: not null }));
        Assert.Equal(1, pod.Status.InitContainerStatuses[0].RestartCount);
        await node.DeleteAsync("anew", 0);
        await node.GoneAsync("anew");
    }

    private Pod Sized(string name, string cpu, string memory) =>
        WithLimits(node.NewPod(name, "sleep", "1000"), cpu, memory);

    private static Pod WithLimits(Pod pod, string cpu, string memory)
    {
        ApiMap<Quantity> amounts = ApiMap<Quantity>.From(
            [new("cpu", Quantity.Parse(cpu)), new("memory", Quantity.Parse(memory))]);
        Container main = pod.Spec.Containers[0] with
        {
            Resources = new() { Requests = amounts, Limits = amounts },
        };
        return pod with { Spec = pod.Spec with { Containers = [main] } };
    }
}
