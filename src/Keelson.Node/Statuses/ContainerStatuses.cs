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
            statuses.Add(WaitsForStart(input, one, seen.FirstOrDefault(), status));
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

    /// <summary>A container that the runtime does not have.</summary>
    private static ContainerStatus Unseen(StatusInput input, ContainerSpec one, ContainerStatus? old)
    {
        // Containers that were removed to begin anew wait for their turn.
        if (old?.State.Waiting is null && old?.State is { } ended && RestartRules.IsRestartingAll(input.Before))
        {
            // An init container that was ended on the way did not fail.
            bool isFailure = one.Role == ContainerRole.Init && ended.Terminated is { ExitCode: not 0 } how
                && !RestartRules.AfterFailedInit(input.Pod.Spec, one.Container, how.ExitCode);
            return old with
            {
                Ready = false,
                Started = false,
                LastState = isFailure ? new() : ended.Terminated is not null ? ended : old.LastState,
                State = new ContainerState
                {
                    Waiting = new ContainerStateWaiting
                    {
                        Reason = input.Pod.Spec.InitContainers.Count > 0 ? "PodInitializing" : "ContainerCreating",
                    },
                },
            };
        }

        if (old?.State.Terminated is not null)
        {
            return old;
        }

        string reason = input.Pod.Spec.InitContainers.Count > 0 ? "PodInitializing" : "ContainerCreating";
        ContainerStatus status = new()
        {
            Name = one.Name,
            Image = one.Image,
            ImageID = "",
            RestartCount = old?.RestartCount ?? 0,
            LastState = old?.LastState ?? new ContainerState(),
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason } },
        };
        if (old?.State.Running is null)
        {
            return status;
        }

        // It ran, and nobody saw it end.
        return status with
        {
            RestartCount = status.RestartCount + (input.Pod.Metadata.DeletionTimestamp is null ? 1 : 0),
            LastState = new ContainerState
            {
                Terminated = new ContainerStateTerminated
                {
                    Reason = "ContainerStatusUnknown",
                    Message = "The container could not be located when the pod was deleted.  "
                        + "The container used to be Running",
                    ExitCode = LostExitCode,
                },
            },
        };
    }

    private static ContainerStatus Seen(
        StatusInput input, ContainerSpec one, List<ContainerPicture> seen, ContainerStatus? old)
    {
        ContainerPicture latest = seen[0];
        ContainerStatus status = new()
        {
            Name = one.Name,
            RestartCount = latest.RestartCount,
            Image = latest.Image.Length > 0 ? latest.Image : one.Image,
            ImageID = latest.ImageRef,
            ContainerID = input.IdOf(latest),
            State = StateOf(input, latest, old),
            VolumeMounts = MountsOf(one.Container),
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
        return seen.Count > 1 ? status with { LastState = StateOf(input, seen[1], null) } : status;
    }

    private static ApiList<VolumeMountStatus> MountsOf(Container container) =>
        container.VolumeMounts.Count == 0
            ? default
            : container.VolumeMounts.Select(static one => new VolumeMountStatus
            {
                Name = one.Name,
                MountPath = one.MountPath,
                ReadOnly = one.ReadOnly,
                RecursiveReadOnly = one.ReadOnly ? one.RecursiveReadOnly ?? "Disabled" : null,
            }).ToApiList();

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
        ContainerPhase.Unknown when old?.State.Running is { } running => new()
        {
            Terminated = new ContainerStateTerminated
            {
                Reason = "ContainerStatusUnknown",
                Message = "The container could not be located when the pod was terminated",
                ExitCode = LostExitCode,
                ContainerID = input.IdOf(one),
                StartedAt = running.StartedAt,
            },
        },
        _ => new() { Waiting = new ContainerStateWaiting() },
    };

    /// <summary>A container that is to be started and was not, says why it waits.</summary>
    private static ContainerStatus WaitsForStart(
        StatusInput input, ContainerSpec one, ContainerPicture? latest, ContainerStatus status)
    {
        bool isDone = one.Role == ContainerRole.Init && latest is { Phase: ContainerPhase.Exited, ExitCode: 0 };
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
