using Keelson.Api.Core.V1;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Statuses;
using Keelson.Nodes.UserNamespaces;
using Keelson.Machinery.Values;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>What came of the work on a pod.</summary>
/// <param name="HasProgressed">True when something changed, so that the pod is to be looked at again at once.</param>
/// <param name="RetryAfter">When to look again at the latest; null when nothing waits.</param>
internal readonly record struct PodWork(bool HasProgressed, TimeSpan? RetryAfter);

/// <summary>Does what plans say, for one pod. Remembers why containers wait and how long.</summary>
internal sealed class PodExecutor(PodServices services)
{
    // How long after a failure a container is tried again that has no back-off of its own.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    // A pull that failed is shown as such for a moment before the wait for the next one is.
    private static readonly TimeSpan PullFailureShown = TimeSpan.FromSeconds(2);

    private readonly StartBackoff _backoff = new(longest: services.Context.MaxContainerRestartPeriod);
    private readonly Dictionary<string, (string Id, DateTimeOffset At)> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WaitingReason> _waiting = new(StringComparer.Ordinal);
    private string _connected = "";

    /// <summary>Why containers wait, by their names.</summary>
    public IReadOnlyDictionary<string, WaitingReason> Waiting => _waiting;

    /// <summary>Does what a plan says.</summary>
    public async Task<PodWork> ExecuteAsync(
        Pod pod, PodPlan plan, PodPicture picture, CancellationToken cancellationToken)
    {
        bool progressed = false;
        if (PodWarnings.LacksNetwork(services, pod))
        {
            return new(false, PodWarnings.NetworkRetry);
        }

        if (plan.RestartsAll)
        {
            await services.Killer.ResetAsync(pod, picture, cancellationToken);
            return new(true, null);
        }

        if (plan.KillPod)
        {
            if (plan.CreateSandbox && picture.Sandboxes.Count > 0)
            {
                services.Events.Normal(pod, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            }

            await services.Killer.KillAsync(pod, picture, null, cancellationToken);
        }

        foreach (ContainerToKill one in plan.Kill)
        {
            await services.ContainerKiller.KillAsync(ToRequest(pod, picture, one), cancellationToken);
            progressed = true;
        }

        if (SandboxConfigs.HostnameError(pod, services.Sandboxes.ClusterDomain) is { } tooLong)
        {
            services.Events.Warning(
                pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {tooLong}");
            return new(progressed, RetryPause);
        }

        Proto.PodSandboxConfig sandbox = services.Sandboxes.Of(pod, plan.Attempt);
        PodUserNamespace users = await services.UserNamespaces.OfAsync(pod, RuntimeHandlerOf(pod), cancellationToken);
        if (users.Error is { } unmapped)
        {
            services.Events.Warning(
                pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {unmapped}");
            return new(progressed, RetryPause);
        }

        sandbox.Linux.SecurityContext.NamespaceOptions.UsernsOptions = users.Options;
        string sandboxId = plan.SandboxId;
        if (plan.CreateSandbox)
        {
            if (await CreateSandboxAsync(pod, sandbox, cancellationToken) is not { } created)
            {
                return new(progressed, RetryPause);
            }

            sandboxId = created;
            progressed = true;
            PodPicture fresh = await services.Pictures.ReadAsync(pod.Metadata.Uid, cancellationToken);
            picture = new(fresh.Sandboxes, picture.Containers);
        }

        PodWork started = await StartAllAsync(pod, plan, picture, (sandboxId, sandbox), cancellationToken);
        await services.Killer.PruneAsync(picture, cancellationToken);
        return new(progressed || started.HasProgressed, started.RetryAfter);
    }

    /// <summary>Says that a sandbox has its addresses, once; false while nothing may run in it.</summary>
    private async Task<bool> IsConnectedAsync(
        Pod pod, string sandboxId, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        if (services.Context.Connected is not { } connected || addresses.Count == 0 || _connected == sandboxId)
        {
            return true;
        }

        try
        {
            await connected(pod, addresses, cancellationToken);
            _connected = sandboxId;
            return true;
        }
        catch (TimeoutException exception)
        {
            services.Events.Warning(
                pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {exception.Message}");
            return false;
        }
    }

    private static KillRequest ToRequest(Pod pod, PodPicture picture, ContainerToKill one) => new()
    {
        Pod = pod,
        Container = one.Container,
        Spec = one.Spec,
        Message = one.Message,
        Reason = one.Reason,
        PodAddress = picture.Addresses.Count > 0 ? picture.Addresses[0] : "127.0.0.1",
    };

    private async Task<string?> CreateSandboxAsync(
        Pod pod, Proto.PodSandboxConfig sandbox, CancellationToken cancellationToken)
    {
        if (await services.Dynamic.PrepareAsync(pod, cancellationToken) is { } unprepared)
        {
            services.Events.Warning(
                pod, "FailedPrepareDynamicResources", $"Failed to prepare dynamic resources: {unprepared}");
            return null;
        }

        Directory.CreateDirectory(sandbox.LogDirectory);
        PodWorkMetrics metrics = services.Context.Metrics.Pods;
        bool hasOwnUsers = pod.Spec.HostUsers == false;
        string handler = RuntimeHandlerOf(pod);
        long begun = services.Context.Clock.GetTimestamp();
        metrics.StartedPods.Count();
        metrics.StartedUserNamespacedPods.Add(hasOwnUsers ? 1 : 0);
        try
        {
            Proto.RunPodSandboxResponse created = await services.Runtime.CallAsync(
                CriMethods.RunPodSandbox,
                new Proto.RunPodSandboxRequest { Config = sandbox, RuntimeHandler = handler },
                TimeSpan.FromMinutes(4),
                cancellationToken);
            metrics.RunSandbox.Observe(services.Context.Clock.GetElapsedTime(begun), handler);
            return created.PodSandboxId;
        }
        catch (RpcException exception)
        {
            metrics.StartedPodErrors.Count();
            metrics.StartedUserNamespacedPodErrors.Add(hasOwnUsers ? 1 : 0);
            metrics.RunSandboxErrors.Count(handler);
            services.Events.Warning(
                pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {exception.Message}");
            return null;
        }
    }

    /// <summary>Whether a pod asks for mounts that are read-only all the way down, and gets such.</summary>
    public bool KnowsRecursiveReadOnly(Pod pod)
    {
        bool asks = ContainerSpec.AllOf(pod.Spec).Any(static one =>
            one.Container.VolumeMounts.Any(static mount => mount.RecursiveReadOnly is not null));
        if (!asks)
        {
            return false;
        }

        string handler = RuntimeHandlerOf(pod);
        Node? node = services.Context.Informers.Of<Node>().Find("", services.Context.NodeName);
        return node?.Status.RuntimeHandlers.Any(one =>
            one.Name == handler && one.Features?.RecursiveReadOnlyMounts == true) == true;
    }

    /// <summary>The runtime's handler that a pod's class stands for.</summary>
    private string RuntimeHandlerOf(Pod pod) =>
        pod.Spec.RuntimeClassName is { Length: > 0 } name
            ? services.Context.Informers.Of<Api.Node.V1.RuntimeClass>().Find("", name)?.Handler ?? name
            : "";

    private async Task<PodWork> StartAllAsync(
        Pod pod,
        PodPlan plan,
        PodPicture picture,
        (string Id, Proto.PodSandboxConfig Config) sandbox,
        CancellationToken cancellationToken)
    {
        bool progressed = false;
        TimeSpan? retry = null;
        if (plan.Start.Count > 0 && !await IsConnectedAsync(pod, sandbox.Id, picture.Addresses, cancellationToken))
        {
            return new(false, RetryPause);
        }

        foreach (ContainerSpec one in plan.Start)
        {
            ContainerPicture? latest = picture.Latest(one.Name);
            if (Backoff(pod, one, picture) is { } wait)
            {
                retry = Earlier(retry, wait);
                continue;
            }

            if (latest is not null)
            {
                services.Cgroups.EndLeftovers(pod, latest.Id);
            }

            string target = one.Target.Length > 0 ? picture.Latest(one.Target)?.Id ?? "" : "";
            services.Context.Metrics.Pods.StartedContainers.Count(KindOf(one));
            WaitingReason? failure = await services.Starter.StartAsync(
                new StartRequest
                {
                    Pod = pod,
                    Container = one,
                    SandboxId = sandbox.Id,
                    Sandbox = sandbox.Config,
                    Addresses = pod.Spec.HostNetwork
                        ? services.HostAddresses()
                        : PodAddresses.InOrder(picture.Addresses, services.HostAddresses()),
                    RestartCount = latest is null
                        ? PodNames.RestartsByLogs(Path.Combine(sandbox.Config.LogDirectory, one.Name))
                        : latest.RestartCount + 1,
                    TargetId = target,
                    Kill = (container, spec, message) => services.ContainerKiller.KillAsync(
                        new KillRequest { Pod = pod, Container = container, Spec = spec, Message = message },
                        cancellationToken),
                },
                cancellationToken);
            if (failure is null)
            {
                progressed |= true;
                _waiting.Remove(one.Name);
                services.Resizing.Actuate(pod, one);
                continue;
            }

            services.Context.Metrics.Pods.StartedContainerErrors.Count(failure.Reason, KindOf(one));
            progressed |= failure.Reason is "RunContainerError" or "PostStartHookError";
            _waiting[one.Name] = failure;
            retry = Earlier(retry, RetryOf(pod, one, failure));
            if (one.Role == ContainerRole.Init)
            {
                // Those behind it need what it prepares; a sidecar that fails holds nobody up.
                break;
            }
        }

        return new(progressed, retry);
    }

    private static string KindOf(ContainerSpec one) => one.Role switch
    {
        ContainerRole.Regular => "container",
        ContainerRole.Ephemeral => "ephemeral_container",
        _ => "init_container",
    };

    private TimeSpan RetryOf(Pod pod, ContainerSpec one, WaitingReason failure) => failure.Reason switch
    {
        "ErrImagePull" => PullFailureShown,
        "ImagePullBackOff" => services.Images.BackoffOf(pod, one) ?? RetryPause,
        _ => RetryPause,
    };

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan other) => one < other ? one : other;

    /// <summary>How long a container that ended still has to wait; null when it may start.</summary>
    private TimeSpan? Backoff(Pod pod, ContainerSpec one, PodPicture picture)
    {
        // One that was killed just now still counts as running here; it is the one before that tells.
        ContainerPicture? ended = picture.Containers.FirstOrDefault(it =>
            it.Name == one.Name && it.Phase == ContainerPhase.Exited);
        if (ended is null)
        {
            return null;
        }

        // With another image it is another container, which has not failed yet.
        string key = one.Name + "_" + PodNames.HashOf(one);
        DateTimeOffset now = services.Context.Steady.Now;
        DateTimeOffset endedAt = EndOf(ended);
        if (_backoff.Remaining(key, endedAt, now) is not { } wait)
        {
            _backoff.Next(key, endedAt, now);
            return null;
        }

        string text = PodNames.Text(pod);
        services.Events.Record(
            PodNames.ReferenceTo(pod, one),
            "Warning",
            "BackOff",
            $"Back-off restarting failed container {one.Name} in pod {text}");
        _waiting[one.Name] = new(
            "CrashLoopBackOff",
            $"back-off {GoDuration.Format(_backoff.Wait(key))} restarting failed container={one.Name} pod={text}");
        return wait;
    }

    /// <summary>When a container ended. It waits from when that was seen first, however the clock is set
    /// meanwhile.</summary>
    private DateTimeOffset EndOf(ContainerPicture ended)
    {
        if (!_ends.TryGetValue(ended.Name, out (string Id, DateTimeOffset At) end) || end.Id != ended.Id)
        {
            _ends[ended.Name] = end = (ended.Id, services.Context.Steady.Of(ended.FinishedAt));
        }

        return end.At;
    }
}
