using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A container that has ended stays so in the status, unless the pod's policy lets it start again.</summary>
internal static class ContainerTransitions
{
    public static void Validate(PodStatus status, Pod old, FieldPath path, FieldErrors errors)
    {
        PodSpec spec = old.Spec;
        if (!AllMayRestart(spec))
        {
            Validate(
                status.ContainerStatuses, old.Status.ContainerStatuses, one =>
                    MayRestart(spec.Containers, spec, one), path.Child("containerStatuses"), errors);
            Validate(
                status.InitContainerStatuses,
                old.Status.InitContainerStatuses,
                one => MayRestart(spec.InitContainers, spec, one),
                path.Child("initContainerStatuses"),
                errors);
        }

        Validate(
            status.EphemeralContainerStatuses,
            old.Status.EphemeralContainerStatuses,
            static _ => false,
            path.Child("ephemeralContainerStatuses"),
            errors);
    }

    private static void Validate(
        ApiList<ContainerStatus> statuses,
        ApiList<ContainerStatus> old,
        Func<ContainerStatus, bool> mayRestart,
        FieldPath path,
        FieldErrors errors)
    {
        for (int i = 0; i < old.Count; i++)
        {
            ContainerStatus before = old[i];
            bool restarts = before.State.Terminated is not null
                && statuses.Any(now => now.Name == before.Name && now.State.Terminated is null);
            if (restarts && !mayRestart(before))
            {
                errors.Forbidden(path.Index(i).Child("state"), "may not be transitioned to non-terminated state");
            }
        }
    }

    /// <summary>One container's end may start all of them again.</summary>
    private static bool AllMayRestart(PodSpec spec) => spec.Containers.Concat(spec.InitContainers)
        .Any(one => one.RestartPolicyRules.Any(rule => rule.Action == ContainerRestartRuleAction.RestartAllContainers));

    private static bool MayRestart(ApiList<Container> containers, PodSpec spec, ContainerStatus ended)
    {
        Container? container = containers.FirstOrDefault(one => one.Name == ended.Name);
        return container is not null && MayRestart(container, spec.RestartPolicy, ended.State.Terminated!.ExitCode);
    }

    private static bool MayRestart(Container container, string podPolicy, int exitCode)
    {
        if (container.RestartPolicy is null)
        {
            return podPolicy == RestartPolicy.Always || (podPolicy == RestartPolicy.OnFailure && exitCode != 0);
        }

        bool byRule = container.RestartPolicyRules.Any(rule => rule.ExitCodes is { } codes
            && codes.Values.Contains(exitCode) == (codes.Operator == ContainerRestartRuleOnExitCodesOperator.In));
        return byRule || container.RestartPolicy == ContainerRestartPolicy.Always
            || (container.RestartPolicy == ContainerRestartPolicy.OnFailure && exitCode != 0);
    }
}
