using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Simulation;

/// <summary>Takes pods up, new ones and those that ran before the simulation did.</summary>
internal static class SimulatedPods
{
    /// <summary>The state of a pod that the node sees for the first time.</summary>
    public static SimulatedPodState Resume(
        Pod pod, DateTimeOffset now, SimulatedNode node, PodAddresses addresses, TimeSpan unknownTakes)
    {
        string address = pod.Spec.HostNetwork ? node.Address : pod.Status.PodIP;
        if (address.Length == 0)
        {
            address = addresses.Take();
        }
        else
        {
            addresses.Keep(address);
        }

        SimulatedPodState state = new(pod.Metadata.Uid, node.Name, pod.Status.StartTime?.Instant ?? now, address);
        ContainerBehaviour Read(Container container, bool isMeantToEnd) => ContainerScript.Read(
            container, isMeantToEnd, unknownTakes, ContainerSurroundings.Of(pod, container, [], new()));
        foreach (ContainerStatus one in pod.Status.InitContainerStatuses)
        {
            Container container = pod.Spec.InitContainers.First(it => it.Name == one.Name);
            state = Resume(state, one, Read(container, container.RestartPolicy != "Always"));
        }

        foreach (ContainerStatus one in pod.Status.ContainerStatuses)
        {
            Container container = pod.Spec.Containers.First(it => it.Name == one.Name);
            bool isMeantToEnd = (container.RestartPolicy ?? pod.Spec.RestartPolicy) != "Always";
            state = Resume(state, one, Read(container, isMeantToEnd));
        }

        return state;
    }

    private static SimulatedPodState Resume(
        SimulatedPodState state, ContainerStatus status, ContainerBehaviour behaviour)
    {
        ContainerStateTerminated? ended = status.State.Terminated
            ?? (status.State.Waiting is { Reason: "CrashLoopBackOff" } ? status.LastState.Terminated : null);
        ContainerRun? run = (status.State.Running, ended) switch
        {
            ({ } running, _) => new(
                status.Name,
                running.StartedAt.Instant,
                running.StartedAt.Instant + behaviour.Takes,
                behaviour.ExitCode,
                status.RestartCount,
                status.LastState.Terminated)
            {
                StopExitCode = behaviour.StopExitCode,
            },
            (_, { } over) =>
                new(
                    status.Name,
                    over.StartedAt.Instant,
                    over.FinishedAt.Instant,
                    over.ExitCode,
                    status.RestartCount,
                    null),
            _ => null,
        };
        return run is null ? state : state with { Runs = state.Runs.With(status.Name, run) };
    }
}
