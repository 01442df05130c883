using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation;

/// <summary>What a simulated node reports of its pods, in the kubelet's words.</summary>
internal static class PodStatuses
{
    /// <summary>The status of a pod that lives.</summary>
    public static PodStatus Report(Pod pod, SimulatedPodState state, DateTimeOffset now)
    {
        Time time = At(now);
        bool initialized = IsInitialized(pod, state, now);
        string phase = PhaseOf(pod, state, now, initialized);
        bool isOver = phase is PodPhase.Succeeded or PodPhase.Failed;
        ContainerStatus[] containers =
            [.. pod.Spec.Containers.Select(one => StatusOf(pod, one, state, now, initialized, isOver))];
        bool containersReady = initialized && !isOver && containers.All(static one => one.Ready);
        string notReady = isOver ? phase == PodPhase.Succeeded ? "PodCompleted" : "PodFailed" : "ContainersNotReady";
        string[] waiting = [.. containers.Where(static one => !one.Ready).Select(static one => one.Name)];
        string message = containersReady || isOver
            ? ""
            : $"containers with unready status: [{string.Join(' ', waiting)}]";
        bool ready = containersReady && GatesAreOpen(pod);
        PodStatus old = pod.Status;
        ApiList<PodCondition> conditions = old.Conditions;
        long generation = pod.Metadata.Generation;
        conditions = Set(conditions, "PodReadyToStartContainers", !isOver, "", "", time, generation);
        conditions = Set(conditions, "Initialized", initialized, initialized ? isOver && phase == PodPhase.Succeeded ? "PodCompleted" : "" : "ContainersNotInitialized",
            initialized ? "" : NotInitialized(pod, state, now), time, generation);
        conditions = Set(
            conditions,
            "Ready",
            ready,
            ready ? "" : containersReady ? "ReadinessGatesNotReady" : notReady,
            message,
            time,
            generation);
        conditions = Set(
            conditions, "ContainersReady", containersReady, containersReady ? "" : notReady, message, time, generation);
        return old with
        {
            ObservedGeneration = generation,
            Phase = phase,
            Reason = state.Failure,
            Message = state.Failure.Length == 0 ? "" : "Pod was active on the node longer than the specified deadline",
            Conditions = conditions,
            HostIP = pod.Status.HostIP,
            PodIP = state.Address,
            PodIPs = state.Address.Length == 0 ? default : [new PodIP { Ip = state.Address }],
            StartTime = old.StartTime ?? At(state.AdmittedAt),
            InitContainerStatuses = pod.Spec.InitContainers.Count == 0
                ? default
                : pod.Spec.InitContainers.Select(one => StatusOf(pod, one, state, now, false, isOver, isInit: true))
                    .ToApiList(),
            ContainerStatuses = containers,
            EphemeralContainerStatuses = pod.Spec.EphemeralContainers.Count == 0
                ? default
                : pod.Spec.EphemeralContainers
                    .Select(one => StatusOf(pod, SimulatedContainers.Plain(one), state, now, initialized, isOver)
                        with { Ready = false })
                    .ToApiList(),
        };
    }

    /// <summary>The status of a pod that the node does not take.</summary>
    public static PodStatus Refused(Pod pod, PodRefusal refusal, DateTimeOffset now) => pod.Status with
    {
        Phase = PodPhase.Failed,
        Reason = refusal.Reason,
        Message = refusal.Message,
        StartTime = pod.Status.StartTime ?? At(now),
        ObservedGeneration = pod.Metadata.Generation,
    };

    /// <summary>The last status of a pod that was asked to go.</summary>
    public static PodStatus Stopped(Pod pod, SimulatedPodState state, DateTimeOffset now)
    {
        if (pod.Status.Phase is PodPhase.Succeeded or PodPhase.Failed || pod.Status.ContainerStatuses.Count == 0)
        {
            return pod.Status;
        }

        int CodeOf(string name) => state.Runs.GetValueOrDefault(name)?.StopExitCode ?? 0;
        bool hasFailed = pod.Status.ContainerStatuses.Any(one => one.State switch
        {
            { Running: not null } => CodeOf(one.Name) != 0,
            { Terminated: { } ended } => ended.ExitCode != 0,
            _ => true,
        });
        return pod.Status with
        {
            Phase = hasFailed ? PodPhase.Failed : PodPhase.Succeeded,
            ContainerStatuses = pod.Status.ContainerStatuses.Select(one => one.State.Running is { } running
                ? one with
                {
                    Ready = false,
                    Started = false,
                    State = new ContainerState
                    {
                        Terminated = new ContainerStateTerminated
                        {
                            ExitCode = CodeOf(one.Name),
                            Reason = CodeOf(one.Name) == 0 ? "Completed" : "Error",
                            StartedAt = running.StartedAt,
                            FinishedAt = At(now),
                            ContainerID = one.ContainerID,
                        },
                    },
                }
                : one).ToApiList(),
        };
    }

    /// <summary>True when no container runs or will run again.</summary>
    public static bool IsDone(Pod pod, SimulatedPodState state, DateTimeOffset now) =>
        PhaseOf(pod, state, now, IsInitialized(pod, state, now)) is PodPhase.Succeeded or PodPhase.Failed;

    /// <summary>When a container that runs becomes ready; null for never.</summary>
    public static DateTimeOffset? ReadyAt(Container container, ContainerRun run)
    {
        if (container.ReadinessProbe is { } probe && IsHopeless(probe))
        {
            return null;
        }

        int delay = Math.Max(
            container.ReadinessProbe?.InitialDelaySeconds ?? 0, container.StartupProbe?.InitialDelaySeconds ?? 0);
        return run.StartedAt.AddSeconds(delay);
    }

    /// <summary>How a run ended.</summary>
    public static ContainerStateTerminated Terminated(ContainerRun run, string uid) => new()
    {
        ExitCode = run.ExitCode,
        Reason = run.ExitCode == 0 ? "Completed" : "Error",
        StartedAt = At(run.StartedAt),
        FinishedAt = At(run.EndsAt ?? run.StartedAt),
        ContainerID = IdOf(run.Name, uid, run.Restarts),
    };

    private static bool IsHopeless(Probe probe) =>
        probe.ProbeHandler.Exec is { Command: { Count: > 0 } command } && command[0] is "false" or "/bin/false";

    private static bool IsInitialized(Pod pod, SimulatedPodState state, DateTimeOffset now) => pod.Spec.InitContainers.All(one =>
        state.Runs.TryGetValue(one.Name, out ContainerRun? run)
        && (one.RestartPolicy == "Always" ? run.HasStarted(now) : run.HasEnded(now) && run.ExitCode == 0));

    private static string NotInitialized(Pod pod, SimulatedPodState state, DateTimeOffset now)
    {
        IEnumerable<string> names = pod.Spec.InitContainers
            .Where(one => !(state.Runs.TryGetValue(one.Name, out ContainerRun? run) && run.HasEnded(now) && run.ExitCode == 0))
            .Select(static one => one.Name);
        return $"containers with incomplete status: [{string.Join(' ', names)}]";
    }

    private static string PhaseOf(Pod pod, SimulatedPodState state, DateTimeOffset now, bool initialized)
    {
        if (state.Failure.Length > 0)
        {
            return PodPhase.Failed;
        }

        if (!initialized)
        {
            bool hasFailed = pod.Spec.RestartPolicy == "Never" && pod.Spec.InitContainers.Any(one =>
                one.RestartPolicy != "Always" && state.Runs.TryGetValue(one.Name, out ContainerRun? run) && run.HasEnded(now) && run.ExitCode != 0);
            return hasFailed ? PodPhase.Failed : PodPhase.Pending;
        }

        bool allEnded = true;
        bool allGood = true;
        bool anyStarted = false;
        foreach (Container container in pod.Spec.Containers)
        {
            if (!state.Runs.TryGetValue(container.Name, out ContainerRun? run))
            {
                return PodPhase.Pending;
            }

            anyStarted |= run.HasStarted(now);
            string policy = container.RestartPolicy ?? pod.Spec.RestartPolicy;
            bool staysEnded = run.HasEnded(now) && (policy == "Never" || (policy == "OnFailure" && run.ExitCode == 0));
            allEnded &= staysEnded;
            allGood &= run.ExitCode == 0;
        }

        return allEnded ? allGood ? PodPhase.Succeeded : PodPhase.Failed : anyStarted ? PodPhase.Running : PodPhase.Pending;
    }

    private static ContainerStatus StatusOf(
        Pod pod, Container container, SimulatedPodState state, DateTimeOffset now, bool initialized, bool isOver, bool isInit = false)
    {
        ContainerStatus basic = new()
        {
            Name = container.Name,
            Image = container.Image,
            ImageID = "",
            Started = false,
            Resources = container.Resources,
        };
        if (!state.Runs.TryGetValue(container.Name, out ContainerRun? run) || !run.HasStarted(now))
        {
            string reason = isInit || initialized || pod.Spec.InitContainers.Count == 0
                ? "ContainerCreating"
                : "PodInitializing";
            reason = isInit && pod.Spec.InitContainers[0].Name != container.Name ? "PodInitializing" : reason;
            return basic with
            {
                State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason } },
                RestartCount = run?.Restarts ?? 0,
                LastState = new ContainerState { Terminated = run?.Last },
            };
        }

        string id = IdOf(container.Name, state.Uid, run.Restarts);
        ContainerStatus started = basic with
        {
            ContainerID = id,
            ImageID = "simulated://" + container.Image,
            RestartCount = run.Restarts,
            LastState = new ContainerState { Terminated = run.Last },
        };
        if (!run.HasEnded(now) && !isOver)
        {
            return started with
            {
                State = new ContainerState { Running = new ContainerStateRunning { StartedAt = At(run.StartedAt) } },
                Started = true,
                Ready = ReadyAt(container, run) <= now,
            };
        }

        ContainerStateTerminated ended = run.HasEnded(now)
            ? Terminated(run, state.Uid)
            : new() { Reason = "Error", ExitCode = 137, StartedAt = At(run.StartedAt), FinishedAt = At(now), ContainerID = id };
        string policy = container.RestartPolicy ?? (isInit ? pod.Spec.RestartPolicy == "Never" ? "Never" : "OnFailure" : pod.Spec.RestartPolicy);
        bool willRestart = !isOver
            && run.Restarts > 0
            && (policy == "Always" || (policy == "OnFailure" && run.ExitCode != 0));
        ContainerState waiting = new()
        {
            Waiting = new ContainerStateWaiting
            {
                Reason = "CrashLoopBackOff",
                Message = $"back-off restarting failed container={container.Name} pod={pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})",
            },
        };
        return willRestart
            ? started with { State = waiting, LastState = new ContainerState { Terminated = ended } }
            : started with { State = new ContainerState { Terminated = ended }, Ready = isInit && run.ExitCode == 0 };
    }

    private static bool GatesAreOpen(Pod pod)
    {
        foreach (PodReadinessGate gate in pod.Spec.ReadinessGates)
        {
            bool isOpen = false;
            foreach (PodCondition one in pod.Status.Conditions)
            {
                isOpen |= one.Type == gate.ConditionType && one.Status == "True";
            }

            if (!isOpen)
            {
                return false;
            }
        }

        return true;
    }

    private static ApiList<PodCondition> Set(
        ApiList<PodCondition> conditions, string type, bool status, string reason, string message, Time now, long generation)
    {
        string text = status ? "True" : "False";
        PodCondition wanted = new()
        {
            Type = type,
            Status = text,
            Reason = reason,
            Message = message,
            LastTransitionTime = now,
            ObservedGeneration = generation,
        };
        for (int i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type == type)
            {
                return conditions[i].Status == text
                    ? conditions.SetItem(i, wanted with { LastTransitionTime = conditions[i].LastTransitionTime })
                    : conditions.SetItem(i, wanted);
            }
        }

        return conditions.Add(wanted);
    }

    private static string IdOf(string container, string uid, int restarts)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes($"{uid}/{container}/{restarts}"));
        return "simulated://" + Convert.ToHexStringLower(hash);
    }

    private static Time At(DateTimeOffset instant) => new(instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerSecond)));
}
