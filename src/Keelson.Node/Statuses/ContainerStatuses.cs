using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using ContainerState = Keelson.Api.Core.V1.ContainerState;

namespace Keelson.Nodes.Statuses;

/// <summary>The reported statuses of containers (upstream's convertToAPIContainerStatuses).</summary>
internal static class ContainerStatuses
{
    private const int LostExitCode = 137;

    /// <summary>The statuses of a list of containers.</summary>
    /// <param name="input">The pod and what is known of it.</param>
    /// <param name="containers">The containers.</param>
    /// <param name="before">Their statuses as they were reported last.</param>
    public static ApiList<ContainerStatus> Compute(
        StatusInput input, IReadOnlyList<ContainerSpec> containers, ApiList<ContainerStatus> before)
    {
        List<ContainerStatus> statuses = [];
        foreach (ContainerSpec one in containers)
        {
            ContainerStatus? old = Find(before, one.Name);
            List<ContainerPicture> seen = [.. input.Picture.Containers.Where(it => it.Name == one.Name).Take(2)];
            ContainerStatus status = seen.Count == 0 ? Unseen(input, one, old) : Seen(input, one, seen, old);
            statuses.Add(WasForgotten(input, one, seen.Count, status)
                ? status with { State = ForgottenInit }
                : WaitsForStart(input, one, seen.FirstOrDefault(), status));
        }

        // Upstream sorts by name, except for init containers, whose order means something.
        bool isInit = containers.Count > 0 && containers[0].Role is ContainerRole.Init or ContainerRole.Sidecar;
        return isInit
            ? statuses.ToApiList()
            : statuses.OrderBy(static one => one.Name, StringComparer.Ordinal).ToApiList();
    }

    /// <summary>The status of a name.</summary>
    public static ContainerStatus? Find(ApiList<ContainerStatus> statuses, string name)
    {
        foreach (ContainerStatus one in statuses)
        {
            if (one.Name == name)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>An init container that ran before the agent or the runtime forgot of it: regular containers are only
    /// made once all have succeeded.</summary>
    private static ContainerState ForgottenInit => new()
    {
        Terminated = new ContainerStateTerminated
        {
            Reason = "Completed",
            Message = "Unable to get init container status from container runtime and pod has been initialized, "
                + "treat it as exited normally",
        },
    };

    private static bool WasForgotten(StatusInput input, ContainerSpec one, int seen, ContainerStatus status) =>
        one.Role == ContainerRole.Init && seen == 0 && status.State.Waiting is not null
        && input.Pod.Spec.Containers.Any(it => input.Picture.Latest(it.Name) is { Phase: not ContainerPhase.Unknown });

    /// <summary>A container that the runtime does not have.</summary>
    private static ContainerStatus Unseen(StatusInput input, ContainerSpec one, ContainerStatus? old)
    {
        string reason = input.Pod.Spec.InitContainers.Count > 0 ? "PodInitializing" : "ContainerCreating";
        ContainerStatus status = old?.State.Terminated is not null ? old : new ContainerStatus
        {
            Name = one.Name,
            Image = one.Image,
            ImageID = "",
            RestartCount = old?.RestartCount ?? 0,
            LastState = old?.LastState ?? new ContainerState(),
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason } },
            VolumeMounts = MountsOf(input, one.Container),
        };
        if (old?.State.Waiting is null && old is not null && input.IsRestartingAll)
        {
            return Removed(status, old);
        }

        if (old?.State.Running is null || status.LastState.Terminated is not null)
        {
            return status;
        }

        // It ran, and nobody saw it end.
        return status with
        {
            RestartCount = status.RestartCount + (input.Pod.Metadata.DeletionTimestamp is null ? 1 : 0),
            LastState = Lost(
                "ContainerStatusUnknown",
                "The container could not be located when the pod was deleted.  The container used to be Running"),
        };
    }

    /// <summary>A container that was removed so that the pod begins anew.</summary>
    private static ContainerStatus Removed(ContainerStatus status, ContainerStatus old)
    {
        const string Message = "The container is removed because RestartAllContainers in place";
        return status with
        {
            RestartCount = old.RestartCount + 1,
            LastState = Lost(RestartRules.RestartingAll, Message),
            State = new ContainerState
            {
                Waiting = new ContainerStateWaiting { Reason = RestartRules.RestartingAll, Message = Message },
            },
        };
    }

    /// <summary>The state of a container of which nobody knows how it ended.</summary>
    public static ContainerState Lost(string reason, string message) => new()
    {
        Terminated = new ContainerStateTerminated { Reason = reason, Message = message, ExitCode = LostExitCode },
    };

    private static ContainerStatus Seen(
        StatusInput input, ContainerSpec one, List<ContainerPicture> seen, ContainerStatus? old)
    {
        ContainerPicture latest = seen[0];
        string id = input.IdOf(latest);
        ContainerStatus status = new()
        {
            Name = one.Name,
            RestartCount = RestartsOf(latest, old),
            Image = latest.Image.Length > 0 ? latest.Image : one.Image,
            ImageID = latest.ImageRef,
            ContainerID = id,
            State = StateOf(input, latest, old),
            LastState = old switch
            {
                { State.Terminated: not null } when old.ContainerID != id => old.State,
                { LastState.Terminated: not null } => old.LastState,
                _ => new(),
            },
            VolumeMounts = MountsOf(input, one.Container),
            AllocatedResources = one.Container.Resources.Requests,
            AllocatedResourcesStatus = input.DeviceHealth.GetValueOrDefault(one.Name),
            Resources = ResourceStatuses.Of(one.Container, latest),
            User = latest.User is { } user
                ? new ContainerUser
                {
                    Linux = new LinuxContainerUser
                    {
                        Uid = user.Uid,
                        Gid = user.Gid,
                        SupplementalGroups = user.SupplementalGroups.ToApiList(),
                    },
                }
                : null,
            StopSignal = one.Container.Lifecycle?.StopSignal,
        };
        return seen.Count > 1 ? status with { LastState = StateOf(input, seen[1], old) } : status;
    }

    /// <summary>The number never gets smaller, whatever the runtime forgot.</summary>
    private static int RestartsOf(ContainerPicture latest, ContainerStatus? old) => (latest.Phase, old) switch
    {
        (ContainerPhase.Running, { State.Terminated: not null }) when old.RestartCount >= latest.RestartCount =>
            old.RestartCount + 1,
        (ContainerPhase.Unknown, { State.Running: not null }) => old.RestartCount + 1,
        _ => Math.Max(latest.RestartCount, old?.RestartCount ?? 0),
    };

    private static ApiList<VolumeMountStatus> MountsOf(StatusInput input, Container container) =>
        container.VolumeMounts.Count == 0
            ? default
            : container.VolumeMounts.Select(one => new VolumeMountStatus
            {
                Name = one.Name,
                MountPath = one.MountPath,
                ReadOnly = one.ReadOnly,
                RecursiveReadOnly = one.ReadOnly ? RecursionOf(input, one) : null,
            }).ToApiList();

    private static string RecursionOf(StatusInput input, VolumeMount mount) =>
        mount.RecursiveReadOnly is RecursiveReadOnlyMode.Enabled or RecursiveReadOnlyMode.IfPossible
            && input.KnowsRecursiveReadOnly
            ? RecursiveReadOnlyMode.Enabled
            : RecursiveReadOnlyMode.Disabled;

    private static ContainerState StateOf(StatusInput input, ContainerPicture one, ContainerStatus? old) =>
        one.Phase switch
    {
        ContainerPhase.Running => new()
        {
            Running = new ContainerStateRunning { StartedAt = StatusTime.Of(one.StartedAt) },
        },
        ContainerPhase.Exited => new()
        {
            Terminated = new ContainerStateTerminated
            {
                ExitCode = one.ExitCode,
                Reason = one.Reason,
                Message = one.Message,
                StartedAt = StatusTime.Of(one.StartedAt),
                FinishedAt = StatusTime.Of(one.FinishedAt),
                ContainerID = input.IdOf(one),
            },
        },
        ContainerPhase.Unknown when old?.State.Running is not null => Lost(
            input.IsRestartingAll ? RestartRules.RestartingAll : "ContainerStatusUnknown",
            "The container could not be located when the pod was terminated"),
        _ => new() { Waiting = new ContainerStateWaiting() },
    };

    /// <summary>A container that is to be started and was not, says why it waits.</summary>
    private static ContainerStatus WaitsForStart(
        StatusInput input, ContainerSpec one, ContainerPicture? latest, ContainerStatus status)
    {
        bool isDone = one.Role is ContainerRole.Init or ContainerRole.Sidecar
            && latest is { Phase: ContainerPhase.Exited, ExitCode: 0 };
        if (isDone
            || !RestartRules.ShouldStart(input.Pod, one.Container, latest)
            || !input.Waiting.TryGetValue(one.Name, out WaitingReason? waiting))
        {
            return status;
        }

        return status with
        {
            LastState = status.State.Terminated is null ? status.LastState : status.State,
            State = new ContainerState
            {
                Waiting = new ContainerStateWaiting { Reason = waiting.Reason, Message = waiting.Message },
            },
        };
    }
}

/// <summary>Times as statuses have them.</summary>
internal static class StatusTime
{
    /// <summary>An instant, cut to whole seconds.</summary>
    public static Time Of(DateTimeOffset instant) =>
        instant <= DateTimeOffset.UnixEpoch ? default
            : new(instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerSecond)));
}
