using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Statuses;

/// <summary>The conditions of a pod that the node reports.</summary>
internal static class PodConditions
{
    private static readonly HashSet<string> Owned = new(StringComparer.Ordinal)
    {
        PodConditionType.PodReadyToStartContainers, PodConditionType.Initialized, PodConditionType.Ready,
        PodConditionType.ContainersReady, PodConditionType.PodScheduled, PodConditionType.PodResizePending,
        PodConditionType.PodResizeInProgress, PodConditionType.AllContainersRestarting,
    };

    /// <summary>True for a condition that nodes report; all others are somebody else's.</summary>
    public static bool IsOwned(string type) => Owned.Contains(type);

    /// <summary>All conditions of a pod whose containers' statuses and phase are known.</summary>
    public static ApiList<PodCondition> Compute(StatusInput input, PodStatus status)
    {
        List<PodCondition> conditions = [];
        foreach (PodCondition one in input.Pod.Status.Conditions)
        {
            if (!IsOwned(one.Type))
            {
                conditions.Add(one);
            }
        }

        bool isOver = status.Phase is PodPhase.Succeeded or PodPhase.Failed;
        conditions.AddRange(isOver ? [] : input.Resize.ToConditions());
        if (input.Verdict is { DisruptionReason: { Length: > 0 } disruption } verdict
            && status.Phase == PodPhase.Failed)
        {
            conditions.RemoveAll(static one => one.Type == PodConditionType.DisruptionTarget);
            conditions.Add(new()
            {
                Type = PodConditionType.DisruptionTarget,
                Status = "True",
                Reason = disruption,
                Message = verdict.DisruptionMessage,
            });
        }

        bool hasSandbox = !isOver && !PodPlanning.SandboxNeed(input.Pod, input.Picture).IsNew;
        PodCondition containersReady = ContainersReady(input.Pod, status);
        conditions.Add(Condition(PodConditionType.PodReadyToStartContainers, hasSandbox));
        conditions.Add(Initialized(input, status));
        conditions.Add(Ready(input.Pod, containersReady, conditions));
        conditions.Add(containersReady);
        conditions.Add(Condition(PodConditionType.PodScheduled, true));
        if (RestartRules.MayRestartAll(input.Pod.Spec))
        {
            conditions.Add(AllRestarting(input, status));
        }

        return Stamp(conditions, input);
    }

    private static PodCondition AllRestarting(StatusInput input, PodStatus status)
    {
        const string Type = PodConditionType.AllContainersRestarting;
        return status.Phase switch
        {
            PodPhase.Succeeded => Condition(Type, false, "PodCompleted"),
            PodPhase.Failed => Condition(Type, false, "PodFailed"),
            _ => RestartRules.RestartsAll(input.Pod, input.Picture, input.Before)
                ? Condition(Type, true, "RestartAllContainersStarted", "container exited with restart policy rule")
                : Condition(Type, false),
        };
    }

    private static PodCondition Condition(string type, bool isTrue, string reason = "", string message = "") => new()
    {
        Type = type,
        Status = isTrue ? "True" : "False",
        Reason = reason,
        Message = message,
    };

    private static ApiList<PodCondition> Stamp(List<PodCondition> conditions, StatusInput input)
    {
        for (int i = 0; i < conditions.Count; i++)
        {
            PodCondition now = conditions[i];
            if (!IsOwned(now.Type) && now.Type != PodConditionType.DisruptionTarget)
            {
                continue;
            }

            PodCondition? before = Find(input.Before.Conditions, now.Type)
                ?? Find(input.Pod.Status.Conditions, now.Type);
            Time since = before is not null && before.Status == now.Status && !before.LastTransitionTime.IsZero
                ? before.LastTransitionTime
                : StatusTime.Of(input.Now);
            conditions[i] = now with
            {
                LastTransitionTime = since,
                ObservedGeneration = now.ObservedGeneration > 0
                    ? now.ObservedGeneration
                    : now.Type == PodConditionType.AllContainersRestarting ? 0 : input.Pod.Metadata.Generation,
            };
        }

        return conditions.ToApiList();
    }

    private static PodCondition? Find(ApiList<PodCondition> conditions, string type)
    {
        foreach (PodCondition one in conditions)
        {
            if (one.Type == type)
            {
                return one;
            }
        }

        return null;
    }

    private static PodCondition Initialized(StatusInput input, PodStatus status)
    {
        List<string> unknown = [];
        List<string> incomplete = [];
        foreach (ContainerSpec one in ContainerSpec.InitOf(input.Pod.Spec))
        {
            ContainerStatus? found = ContainerStatuses.Find(status.InitContainerStatuses, one.Name);
            bool isDone = one.Role == ContainerRole.Sidecar ? found?.Started == true : found?.Ready == true;
            if (found is null)
            {
                unknown.Add(one.Name);
            }
            else if (!isDone)
            {
                incomplete.Add(one.Name);
            }
        }

        if (status.Phase == PodPhase.Succeeded && unknown.Count == 0)
        {
            return Condition(PodConditionType.Initialized, true, "PodCompleted");
        }

        // Once a regular container ran, the pod was initialized, whatever became of its init containers.
        if (PodPhases.HasAnyStarted(status.ContainerStatuses)
            || Find(input.Before.Conditions, PodConditionType.Initialized) is { Status: "True" })
        {
            return Condition(PodConditionType.Initialized, true);
        }

        string message = Message(unknown, incomplete, "incomplete");
        return message.Length == 0
            ? Condition(PodConditionType.Initialized, true)
            : Condition(PodConditionType.Initialized, false, "ContainersNotInitialized", message);
    }

    private static PodCondition ContainersReady(Pod pod, PodStatus status)
    {
        List<string> unknown = [];
        List<string> unready = [];
        void Look(ContainerSpec one, ApiList<ContainerStatus> statuses)
        {
            ContainerStatus? found = ContainerStatuses.Find(statuses, one.Name);
            if (found is null)
            {
                unknown.Add(one.Name);
            }
            else if (!found.Ready)
            {
                unready.Add(one.Name);
            }
        }

        foreach (ContainerSpec one in ContainerSpec.InitOf(pod.Spec))
        {
            if (one.Role == ContainerRole.Sidecar)
            {
                Look(one, status.InitContainerStatuses);
            }
        }

        foreach (ContainerSpec one in ContainerSpec.RegularOf(pod.Spec))
        {
            Look(one, status.ContainerStatuses);
        }

        const string Type = PodConditionType.ContainersReady;
        if (status.Phase == PodPhase.Succeeded && unknown.Count == 0)
        {
            return Condition(Type, false, "PodCompleted");
        }

        if (status.Phase == PodPhase.Failed)
        {
            return Condition(Type, false, "PodFailed");
        }

        string message = Message(unknown, unready, "unready");
        return message.Length == 0 ? Condition(Type, true) : Condition(Type, false, "ContainersNotReady", message);
    }

    private static PodCondition Ready(Pod pod, PodCondition containersReady, List<PodCondition> conditions)
    {
        if (containersReady.Status != "True")
        {
            return containersReady with { Type = PodConditionType.Ready };
        }

        List<string> messages = [];
        foreach (PodReadinessGate gate in pod.Spec.ReadinessGates)
        {
            PodCondition? condition = conditions.Find(one => one.Type == gate.ConditionType);
            if (condition is null)
            {
                messages.Add(
                    $"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            }
            else if (condition.Status != "True")
            {
                messages.Add(
                    $"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", "
                    + $"but {condition.Status}");
            }
        }

        return messages.Count == 0
            ? Condition(PodConditionType.Ready, true)
            : Condition(PodConditionType.Ready, false, "ReadinessGatesNotReady", string.Join(", ", messages));
    }

    private static string Message(List<string> unknown, List<string> bad, string word)
    {
        List<string> parts = [];
        if (unknown.Count > 0)
        {
            parts.Add($"containers with unknown status: [{string.Join(' ', unknown)}]");
        }

        if (bad.Count > 0)
        {
            parts.Add($"containers with {word} status: [{string.Join(' ', bad)}]");
        }

        return string.Join(", ", parts);
    }
}
