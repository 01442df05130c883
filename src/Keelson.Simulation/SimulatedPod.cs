using System.Collections.Immutable;
using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation;

/// <summary>One container as the simulation runs it.</summary>
/// <param name="Name">The container.</param>
/// <param name="StartedAt">When this run started, or will.</param>
/// <param name="EndsAt">When it ends by itself; null for never.</param>
/// <param name="ExitCode">How it ends then.</param>
/// <param name="Restarts">Runs before this one.</param>
/// <param name="Last">How the run before ended; null when this is the first.</param>
internal sealed record ContainerRun(
    string Name, DateTimeOffset StartedAt, DateTimeOffset? EndsAt, int ExitCode, int Restarts, ContainerStateTerminated? Last)
{
    /// <summary>How it ends when it is stopped.</summary>
    public int StopExitCode { get; init; }

    public bool HasStarted(DateTimeOffset now) => StartedAt <= now;

    public bool HasEnded(DateTimeOffset now) => EndsAt <= now;
}

/// <summary>What the simulation knows of a pod beside its object.</summary>
internal sealed record SimulatedPodState(string Uid, string NodeName, DateTimeOffset AdmittedAt, string Address)
{
    /// <summary>The runs of init containers and containers, by name.</summary>
    public ApiMap<ContainerRun> Runs { get; init; } = ApiMap<ContainerRun>.Empty;

    /// <summary>When the pod is gone, once it was asked to go.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    /// <summary>Why the pod failed as a whole; empty when it did not.</summary>
    public string Failure { get; init; } = "";

    /// <summary>Why the node does not take the pod; null when it does.</summary>
    public PodRefusal? Refusal { get; init; }

    /// <summary>The files that containers made in the pod's volumes.</summary>
    public ImmutableHashSet<string> Files { get; init; } = [];
}

/// <summary>What happens to a pod at a time.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Status">The status to report.</param>
/// <param name="Next">When to look again; null for when the pod changes.</param>
/// <param name="IsGone">True when all containers have stopped and the pod is to be removed.</param>
internal sealed record SimulatedPodStep(SimulatedPodState State, PodStatus Status, DateTimeOffset? Next, bool IsGone);

/// <summary>A pod's life on a simulated node. Pure: time and chance come from outside.</summary>
/// <param name="config">How nodes behave.</param>
internal sealed class SimulatedPod(SimulatedNodesConfig config)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);

    /// <summary>Looks at a pod.</summary>
    /// <param name="pod">The pod as it is in the API.</param>
    /// <param name="state">What was known of it.</param>
    /// <param name="now">The present.</param>
    /// <param name="chance">A number from 0 to 1 for whoever needs one.</param>
    /// <param name="host">The files of the node.</param>
    public SimulatedPodStep Step(
        Pod pod, SimulatedPodState state, DateTimeOffset now, Func<double> chance, SimulatedFiles? host = null) =>
        Step(pod, state, new Moment(now, chance, host ?? new()));

    private SimulatedPodStep Step(Pod pod, SimulatedPodState state, Moment moment)
    {
        DateTimeOffset now = moment.Now;
        bool isDone = pod.Status.Phase is PodPhase.Succeeded or PodPhase.Failed;
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            state = state.GoneAt is null ? state with { GoneAt = isDone ? now : now + StopTime(pod) } : state;
            return state.GoneAt <= now
                ? new(state, PodStatuses.Stopped(pod, state, now), null, true)
                : new(state, pod.Status, state.GoneAt, false);
        }

        if (isDone)
        {
            return new(state, pod.Status, null, false);
        }

        if (state.Refusal is { } refusal)
        {
            return new(state, PodStatuses.Refused(pod, refusal, now), null, false);
        }

        DateTimeOffset ready = state.AdmittedAt + config.PullDelay;
        if (ready > now)
        {
            return new(state, PodStatuses.Report(pod, state, now), ready, false);
        }

        state = RunContainers(pod, state, moment);
        state = CheckDeadline(pod, state, now);
        return new(state, PodStatuses.Report(pod, state, now), NextOf(pod, state, now), false);
    }

    private TimeSpan StopTime(Pod pod)
    {
        long hook = pod.Spec.Containers.Select(static one => one.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0)
            .DefaultIfEmpty()
            .Max();
        TimeSpan wanted = config.StopDelay + TimeSpan.FromSeconds(hook);
        TimeSpan grace = TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? 0);
        return wanted < grace ? wanted : grace;
    }

    private SimulatedPodState RunContainers(Pod pod, SimulatedPodState state, Moment moment)
    {
        DateTimeOffset now = moment.Now;
        foreach (Container container in pod.Spec.InitContainers)
        {
            bool isSidecar = container.RestartPolicy == "Always";
            state = Run(pod, container, isSidecar ? "Always" : InitPolicy(pod), !isSidecar, state, moment);
            ContainerRun run = state.Runs[container.Name];
            bool mayGoOn = isSidecar ? run.HasStarted(now) : run.HasEnded(now) && run.ExitCode == 0;
            if (!mayGoOn)
            {
                return state;
            }
        }

        foreach (Container container in pod.Spec.Containers)
        {
            string policy = container.RestartPolicy ?? pod.Spec.RestartPolicy;
            state = Run(pod, container, policy, policy != "Always", state, moment);
        }

        foreach (EphemeralContainer one in pod.Spec.EphemeralContainers)
        {
            state = Run(pod, SimulatedContainers.Plain(one), "Never", false, state, moment);
        }

        return state;
    }

    private static string InitPolicy(Pod pod) => pod.Spec.RestartPolicy == "Never" ? "Never" : "OnFailure";

    private SimulatedPodState Run(
        Pod pod, Container container, string policy, bool isMeantToEnd, SimulatedPodState state, Moment moment)
    {
        DateTimeOffset now = moment.Now;
        if (!state.Runs.TryGetValue(container.Name, out ContainerRun? run))
        {
            return Start(pod, container, isMeantToEnd, state, null, moment);
        }

        if (!run.HasEnded(now) || policy == "Never" || (policy == "OnFailure" && run.ExitCode == 0))
        {
            return state;
        }

        bool isWholePodDone = pod.Spec.RestartPolicy != "Always" && state.Failure.Length > 0;
        if (isWholePodDone)
        {
            return state;
        }

        DateTimeOffset ended = run.EndsAt!.Value;
        double factor = Math.Pow(2, Math.Min(run.Restarts, 10));
        TimeSpan backoff = run.Restarts == 0 ? TimeSpan.Zero : FirstBackoff * factor / 2;
        backoff = backoff < LongestBackoff ? backoff : LongestBackoff;
        if (ended + backoff > now)
        {
            return state;
        }

        return Start(pod, container, isMeantToEnd, state, run, moment);
    }

    private SimulatedPodState Start(
        Pod pod, Container container, bool isMeantToEnd, SimulatedPodState state, ContainerRun? before, Moment moment)
    {
        ScriptSurroundings surroundings = ContainerSurroundings.Of(pod, container, state.Files, moment.Host);
        ContainerBehaviour behaviour =
            ContainerScript.Read(container, isMeantToEnd, config.UnknownCommandTakes, surroundings);
        string[] touched = [.. ContainerSurroundings.Kept(pod, container, behaviour.Touched)];
        foreach (string file in touched.Where(ContainerSurroundings.IsOnHost))
        {
            moment.Host.Add(file);
        }

        DateTimeOffset start = moment.Now + config.StartDelay;
        bool fails = config.FailureRate > 0 && moment.Chance() < config.FailureRate;
        ContainerRun run = new(
            container.Name,
            start,
            fails ? start : start + behaviour.Takes,
            fails ? 1 : behaviour.ExitCode,
            before is null ? 0 : before.Restarts + 1,
            before is null ? null : PodStatuses.Terminated(before, state.Uid))
        {
            StopExitCode = behaviour.StopExitCode,
        };
        return state with
        {
            Runs = state.Runs.With(container.Name, run),
            Files = touched.Length == 0 ? state.Files : state.Files.Union(touched),
        };
    }

    private static SimulatedPodState CheckDeadline(Pod pod, SimulatedPodState state, DateTimeOffset now)
    {
        bool isOver = pod.Spec.ActiveDeadlineSeconds is { } seconds && state.AdmittedAt.AddSeconds(seconds) <= now;
        return isOver && state.Failure.Length == 0 ? state with { Failure = "DeadlineExceeded" } : state;
    }

    private static DateTimeOffset? NextOf(Pod pod, SimulatedPodState state, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        void Consider(DateTimeOffset? at)
        {
            if (at > now && (next is null || at < next))
            {
                next = at;
            }
        }

        foreach (KeyValuePair<string, ContainerRun> run in state.Runs)
        {
            Consider(run.Value.StartedAt);
            Consider(run.Value.EndsAt);
            if (run.Value is { EndsAt: { } ended, Restarts: > 0 } && ended <= now)
            {
                TimeSpan backoff = FirstBackoff * Math.Pow(2, Math.Min(run.Value.Restarts, 10)) / 2;
                Consider(ended + (backoff < LongestBackoff ? backoff : LongestBackoff));
            }
        }

        foreach (Container container in pod.Spec.Containers)
        {
            if (state.Runs.TryGetValue(container.Name, out ContainerRun? run))
            {
                Consider(PodStatuses.ReadyAt(container, run));
            }
        }

        Consider(pod.Spec.ActiveDeadlineSeconds is { } seconds ? state.AdmittedAt.AddSeconds(seconds) : null);

        // A container that has just ended is looked at once more, for its restart.
        bool restarts = state.Runs.AsSpan().ToArray().Any(one => one.Value.HasEnded(now) && one.Value.Restarts == 0);
        return next ?? (restarts && pod.Spec.RestartPolicy != "Never" && !PodStatuses.IsDone(pod, state, now) ? now.AddMilliseconds(1) : null);
    }

    /// <summary>What a step is given beside the pod.</summary>
    private readonly record struct Moment(DateTimeOffset Now, Func<double> Chance, SimulatedFiles Host);
}
