using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Pods;

/// <summary>Whether containers that ended are started again.</summary>
internal static class RestartRules
{
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
