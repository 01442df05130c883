using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Pods;

/// <summary>Whether containers that ended are started again.</summary>
internal static class RestartRules
{
    /// <summary>The reason in states of containers that are removed because all are restarted.</summary>
    public const string RestartingAll = "RestartingAllContainers";

    /// <summary>Whether a container is to be started, for the first time or again.</summary>
    public static bool ShouldStart(Pod pod, Container container, ContainerPicture? latest) =>
        pod.Metadata.DeletionTimestamp is null && latest?.Phase switch
        {
            null => true,
            ContainerPhase.Running => false,
            ContainerPhase.Unknown or ContainerPhase.Created => true,
            _ => AfterExit(pod.Spec, container, latest.ExitCode),
        };

    /// <summary>Whether a container that ended with a code is started again.</summary>
    public static bool AfterExit(PodSpec pod, Container container, int exitCode)
    {
        if (container.RestartPolicy is { Length: > 0 } own)
        {
            return MatchingRule(container, exitCode) is not null || ByPolicy(own, exitCode);
        }

        return ByPolicy(pod.RestartPolicy, exitCode);
    }

    /// <summary>Whether an init container that failed is tried again.</summary>
    public static bool AfterFailedInit(PodSpec pod, Container container, int exitCode) =>
        container.RestartPolicy is { Length: > 0 }
            ? AfterExit(pod, container, exitCode)
            : pod.RestartPolicy != RestartPolicy.Never;

    /// <summary>Whether containers of a name are started again whatever ended them.</summary>
    public static bool MayRestart(PodSpec pod, Container container) =>
        (container.RestartPolicy is { Length: > 0 } own ? own : pod.RestartPolicy) != RestartPolicy.Never;

    /// <summary>Whether a pod has a rule that may restart all its containers.</summary>
    public static bool MayRestartAll(PodSpec pod) => pod.Containers.Concat(pod.InitContainers)
        .Any(static one => one.RestartPolicyRules.Any(static it => it.Action == RestartsAllAction));

    /// <summary>Whether all containers are to be ended and removed, so that the pod begins anew: a container ended
    /// as a rule says, or that was so and something is left yet.</summary>
    public static bool RestartsAll(Pod pod, PodPicture picture, PodStatus before)
    {
        if (pod.Metadata.DeletionTimestamp is not null || !MayRestartAll(pod.Spec)
            || before.Phase is PodPhase.Succeeded or PodPhase.Failed)
        {
            return false;
        }

        List<Container> containers = [.. pod.Spec.InitContainers, .. pod.Spec.Containers];
        bool hasAny = containers.Exists(one => picture.Latest(one.Name) is not null);
        return hasAny && (IsRestartingAll(before) || containers.Exists(one =>
            picture.Latest(one.Name) is { Phase: ContainerPhase.Exited } ended
            && MatchingRule(one, ended.ExitCode)?.Action == RestartsAllAction));
    }

    /// <summary>Whether a status says that all containers are being restarted.</summary>
    public static bool IsRestartingAll(PodStatus status) => status.Conditions.Any(static one =>
        one is { Type: PodConditionType.AllContainersRestarting, Status: "True" });

    private const string RestartsAllAction = ContainerRestartRuleAction.RestartAllContainers;

    private static bool ByPolicy(string policy, int exitCode) => policy switch
    {
        RestartPolicy.Never => false,
        RestartPolicy.OnFailure => exitCode != 0,
        _ => true,
    };

    private static ContainerRestartRule? MatchingRule(Container container, int exitCode)
    {
        foreach (ContainerRestartRule rule in container.RestartPolicyRules)
        {
            if (rule.ExitCodes is { } codes && codes.Values.Contains(exitCode) == (codes.Operator == "In"))
            {
                return rule;
            }
        }

        return null;
    }
}
