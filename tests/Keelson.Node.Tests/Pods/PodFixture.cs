using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Tests.Pods;

/// <summary>Pods and pictures of them, for tests of what is decided.</summary>
internal static class PodFixture
{
    public static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public static Container Container(string name, string? restartPolicy = null) =>
        new() { Name = name, Image = "busybox", RestartPolicy = restartPolicy };

    public static Pod Pod(string restartPolicy, params Container[] containers) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "pod", Namespace = "default", Uid = "uid-1", Generation = 3 },
        Spec = new PodSpec { RestartPolicy = restartPolicy, Containers = containers },
    };

    public static Pod WithInit(this Pod pod, params Container[] inits) =>
        pod with { Spec = pod.Spec with { InitContainers = inits } };

    public static SandboxPicture Sandbox(bool isReady = true, uint attempt = 0) =>
        new($"sandbox-{attempt}", attempt, isReady, false, ["10.0.0.5"]);

    public static ContainerPicture Running(string name, int restarts = 0) => new()
    {
        Id = $"{name}-{restarts}",
        Name = name,
        Phase = ContainerPhase.Running,
        RestartCount = restarts,
        StartedAt = Now,
        Image = "docker.io/library/busybox:latest",
        ImageRef = "sha256:1",
    };

    public static ContainerPicture Exited(string name, int code, int restarts = 0) => Running(name, restarts) with
    {
        Phase = ContainerPhase.Exited,
        ExitCode = code,
        FinishedAt = Now.AddSeconds(5),
        Reason = code == 0 ? "Completed" : "Error",
    };

    public static PodPicture Picture(params ContainerPicture[] containers) => new([Sandbox()], containers);

    public static PodPlan Plan(Pod pod, PodPicture picture, IProbeResults? probes = null) =>
        PodPlanning.Compute(pod, picture, probes ?? new ProbeResults());

    public static string Text(PodPlan plan) => string.Join(
        ' ',
        (string[])
        [
            .. plan.KillPod ? ["kill-pod"] : Array.Empty<string>(),
            .. plan.CreateSandbox ? [$"sandbox-{plan.Attempt}"] : Array.Empty<string>(),
            .. plan.Kill.Select(static one => "kill-" + one.Container.Name),
            .. plan.Start.Select(static one => "start-" + one.Name),
        ]);

    public static PodStatus Status(Pod pod, PodPicture picture, Func<StatusInput, StatusInput>? with = null)
    {
        StatusInput input = new()
        {
            Pod = pod,
            Picture = picture,
            Before = pod.Status,
            Probes = new ProbeResults(),
            HostAddresses = ["192.0.2.1"],
            Now = Now,
        };
        return PodStatuses.Compute(with is null ? input : with(input));
    }

    public static PodCondition Condition(PodStatus status, string type) =>
        status.Conditions.Single(one => one.Type == type);
}
