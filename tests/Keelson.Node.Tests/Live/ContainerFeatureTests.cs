using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Tests.Live;

/// <summary>What containers are promised, in real containers.</summary>
public sealed class ContainerFeatureTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task Init_containers_and_sidecars_come_first_and_sidecars_end_last()
    {
        Skip();
        Pod pod = node.NewPod("ordered", "sh", "-c", "cat /etc/hosts; sleep 1; exit 0");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                RestartPolicy = "Never",
                HostAliases = [new HostAlias { Ip = "10.1.2.3", Hostnames = ["alias.example"] }],
                InitContainers =
                [
                    RunningNode.NewContainer("first", "sh", "-c", "exit 0"),
                    RunningNode.NewContainer("side", "sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done")
                        with { RestartPolicy = "Always" },
                    RunningNode.NewContainer("second", "true"),
                ],
            },
        };
        await node.CreateAsync(pod);
        pod = await node.UntilAsync("ordered", static one => one.Status.Phase == "Succeeded");
        Assert.Contains("10.1.2.3\talias.example\n", Text(node.LogOf(pod, "main")), StringComparison.Ordinal);
        Assert.Contains($"{pod.Status.PodIP}\tordered\n", Text(node.LogOf(pod, "main")), StringComparison.Ordinal);
        ContainerStatus side = pod.Status.InitContainerStatuses[1];
        pod = await node.UntilAsync(
            "ordered", static one => one.Status.InitContainerStatuses[1].State.Terminated is not null);
        Assert.Equal(0, pod.Status.InitContainerStatuses[1].State.Terminated!.ExitCode);
        Assert.Equal("side", side.Name);
        await EndAsync("ordered");
    }

    [Fact]
    public async Task A_container_that_fails_is_started_again_and_then_waits()
    {
        Skip();
        Pod pod = node.NewPod("crashing", "sh", "-c", "echo bye > /dev/termination-log; exit 7");
        await node.CreateAsync(pod);
        pod = await node.UntilAsync(
            "crashing", static one => one.Status.ContainerStatuses.Any(static it =>
                it.State.Waiting?.Reason == "CrashLoopBackOff" && it.RestartCount == 1));
        ContainerStatus status = pod.Status.ContainerStatuses[0];
        Assert.Equal((7, "Error", "bye\n"), (
            status.LastState.Terminated!.ExitCode, status.LastState.Terminated.Reason,
            status.LastState.Terminated.Message));
        Assert.Equal(
            $"back-off 10s restarting failed container=main pod=crashing_default({pod.Metadata.Uid})",
            status.State.Waiting!.Message);
        await EndAsync("crashing");
    }

    [Fact]
    public async Task Probes_start_ready_and_restart_containers()
    {
        Skip();
        Pod pod = node.NewPod("probed", "sh", "-c",
            "mkdir /tmp; touch /tmp/ready; httpd -p 8080 -h /tmp; sleep 3; rm /tmp/ready; sleep 100");
        Container main = pod.Spec.Containers[0] with
        {
            Ports = [new ContainerPort { Name = "web", ContainerPortValue = 8080 }],
            StartupProbe = Probe(new() { TcpSocket = new TCPSocketAction { Port = "web" } }),
            ReadinessProbe = Probe(new() { HttpGet = new HTTPGetAction { Path = "/ready", Port = 8080 } }),
            LivenessProbe = Probe(new() { Exec = new ExecAction { Command = ["cat", "/tmp/ready"] } }),
        };
        await node.CreateAsync(pod with { Spec = pod.Spec with { Containers = [main] } });
        pod = await node.UntilAsync("probed", static one => one.Status.ContainerStatuses.Any(static it => it.Ready));
        Assert.True(pod.Status.ContainerStatuses[0].Started);
        await node.UntilAsync("probed", static one => one.Status.ContainerStatuses[0].RestartCount == 1);
        await EndAsync("probed");
        Assert.Contains(
            await EventsAsync("probed"),
            static one =>
                one is { Reason: "Killing", Message: "Container main failed liveness probe, will be restarted" });
        Assert.Contains(
            await EventsAsync("probed"),
            static one => one.Reason == "Unhealthy"
                && one.Message.StartsWith("Liveness probe failed: cat:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hooks_run_after_the_start_and_before_the_end()
    {
        Skip();
        string directory = Directory.CreateTempSubdirectory("keelson-hooks-").FullName;
        Pod pod = node.NewPod("hooked", "sleep", "1000");
        Container main = pod.Spec.Containers[0] with
        {
            VolumeMounts = [new VolumeMount { Name = "out", MountPath = "/out" }],
            Lifecycle = new Lifecycle
            {
                PostStart = new() { Exec = new ExecAction { Command = ["touch", "/out/started"] } },
                PreStop = new() { Exec = new ExecAction { Command = ["touch", "/out/stopping"] } },
            },
        };
        Volume volume = new()
        {
            Name = "out",
            VolumeSource = new() { HostPath = new HostPathVolumeSource { Path = directory } },
        };
        await node.CreateAsync(pod with { Spec = pod.Spec with { Containers = [main], Volumes = [volume] } });
        await node.UntilAsync("hooked", static one => one.Status.Phase == "Running");
        Assert.True(File.Exists(Path.Combine(directory, "started")));
        await EndAsync("hooked");
        Assert.True(File.Exists(Path.Combine(directory, "stopping")));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Security_contexts_and_resources_reach_the_container()
    {
        Skip();
        Pod pod = node.NewPod(
            "bound", "sh", "-c",
            "id -u; id -G; touch /x 2>/dev/null || echo read-only; grep CapEff /proc/self/status; hostname; sleep 100");
        Container main = pod.Spec.Containers[0] with
        {
            SecurityContext = new SecurityContext
            {
                ReadOnlyRootFilesystem = true,
                Capabilities = new Capabilities { Drop = ["ALL"] },
                AllowPrivilegeEscalation = false,
            },
            Resources = new ResourceRequirements
            {
                Limits = ApiMap<Quantity>.From(
                    [new("cpu", Quantity.Parse("500m")), new("memory", Quantity.Parse("64Mi"))]),
            },
        };
        pod = pod with
        {
            Spec = pod.Spec with
            {
                Containers = [main],
                Hostname = "elsewhere",
                SecurityContext =
                    new PodSecurityContext { RunAsUser = 1234, RunAsGroup = 99, SupplementalGroups = [77] },
            },
        };
        await node.CreateAsync(pod);
        pod = await node.UntilAsync("bound", one =>
            node.LogOf(one, "main").Contains("elsewhere", StringComparison.Ordinal));
        string log = Text(node.LogOf(pod, "main"));
        Assert.StartsWith("1234\n99 77\n", log, StringComparison.Ordinal);
        Assert.Contains("read-only\n", log, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000\n", log, StringComparison.Ordinal);
        Assert.Equal("Guaranteed", pod.Status.QosClass);
        await EndAsync("bound");
    }

    [Fact]
    public async Task Images_that_can_not_be_had_are_told_of()
    {
        Skip();
        Pod pod = node.NewPod("missing", "true");
        Container never =
            pod.Spec.Containers[0] with { Name = "never", Image = "nowhere.example/no:1", ImagePullPolicy = "Never" };
        Container wrong = never with { Name = "wrong", Image = "WRONG" };
        await node.CreateAsync(pod with { Spec = pod.Spec with { Containers = [never, wrong] } });
        pod = await node.UntilAsync(
            "missing", static one =>
                one.Status.ContainerStatuses.Count(static it => it.State.Waiting?.Message.Length > 0) == 2);
        Assert.Equal(
            "ErrImageNeverPull Container image \"nowhere.example/no:1\" is not present with pull policy of Never",
            Waiting(pod, 0));
        Assert.StartsWith("InvalidImageName Failed to apply default image tag \"WRONG\"", Waiting(pod, 1),
            StringComparison.Ordinal);
        await EndAsync("missing");
    }

    [Fact]
    public async Task Pods_run_on_without_the_agent_and_are_taken_up_again()
    {
        Skip();
        await node.CreateAsync(node.NewPod("staying", "sleep", "1000"));
        Pod before = await node.UntilAsync("staying", static one => one.Status.Phase == "Running");
        await node.StopAsync();
        await node.StartAsync();
        await node.CreateAsync(node.NewPod("coming", "sleep", "1000"));
        await node.UntilAsync("coming", static one => one.Status.Phase == "Running");
        Pod after = await node.UntilAsync("staying", static one => one.Status.Phase == "Running");
        Assert.Equal(before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(0, after.Status.ContainerStatuses[0].RestartCount);
        await EndAsync("staying");
        await EndAsync("coming");
    }

    [Fact]
    public async Task Pods_from_files_run_and_are_mirrored()
    {
        Skip();
        string file = Path.Combine(node.Config.StaticPodDirectory, "static.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: static
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: {{RunningNode.Busybox}}
                imagePullPolicy: IfNotPresent
                command: [sleep, "1000"]
            """);
        string name = "static-" + node.NodeName;
        Pod mirror = await node.UntilAsync(name, static one => one.Status.Phase == "Running");
        Assert.Equal("file", mirror.Metadata.Annotations["kubernetes.io/config.source"]);
        Assert.Equal("Node", mirror.Metadata.OwnerReferences[0].Kind);
        await node.DeleteAsync(name, 0);
        Pod again = await node.UntilAsync(
            name, one => one.Metadata.Uid != mirror.Metadata.Uid && one.Status.Phase == "Running");
        Assert.Equal(mirror.Status.ContainerStatuses[0].ContainerID, again.Status.ContainerStatuses[0].ContainerID);
        File.Delete(file);
        await node.GoneAsync(name);
    }

    [Fact]
    public async Task The_server_gives_logs_runs_commands_and_tells_what_is_used()
    {
        Skip();
        Pod pod = await node.CreateAsync(node.NewPod("served", "sh", "-c", "echo out; exec sleep 1000"));
        await node.UntilAsync("served", static one => one.Status.Phase == "Running");
        using HttpClient http =
            new(new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true })
        {
            BaseAddress = new Uri($"https://127.0.0.1:{node.Agent!.Port}"),
        };
        Assert.Equal("out\n", await http.GetStringAsync("/containerLogs/default/served/main"));
        Assert.Contains("served", await http.GetStringAsync("/pods"), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"served\"", await http.GetStringAsync("/stats/summary"), StringComparison.Ordinal);
        using HttpResponseMessage run = await http.PostAsync("/run/default/served/main?cmd=echo%20hi", null);
        Assert.Equal("hi\n", await run.Content.ReadAsStringAsync());
        Assert.NotEmpty(pod.Metadata.Uid);
        await EndAsync("served");
    }

    private static void Skip() => Assert.SkipWhen(RunningNode.Missing is not null, RunningNode.Missing ?? "");

    private static Probe Probe(ProbeHandler handler) =>
        new() { ProbeHandler = handler, PeriodSeconds = 1, TimeoutSeconds = 2, FailureThreshold = 2,
            SuccessThreshold = 1 };

    private static string Waiting(Pod pod, int index)
    {
        ContainerStateWaiting waiting = pod.Status.ContainerStatuses[index].State.Waiting!;
        return waiting.Reason + " " + waiting.Message;
    }

    private static string Text(string log) => string.Concat(
        log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', 4)[3] + "\n"));

    private async Task EndAsync(string name)
    {
        await node.DeleteAsync(name);
        await node.GoneAsync(name);
    }

    private async Task<IReadOnlyList<Event>> EventsAsync(string pod)
    {
        ApiResult<IReadOnlyList<Event>> events =
            await node.Client.ListAsync<Event>("default", ListRequest.All, default);
        return [.. events.Value.Where(one => one.InvolvedObject.Name == pod)];
    }
}
