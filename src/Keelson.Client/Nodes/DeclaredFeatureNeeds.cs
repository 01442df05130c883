using Keelson.Api.Core.V1;

namespace Keelson.Client.Nodes;

/// <summary>
/// Which features a pod needs that not every node has: nodes declare theirs in <c>status.declaredFeatures</c>.
/// </summary>
public static class DeclaredFeatureNeeds
{
    /// <summary>All containers of a pod can be restarted together.</summary>
    public const string RestartAllContainers = "RestartAllContainersOnContainerExits";

    /// <summary>What init containers that end may use can be changed while the pod is there.</summary>
    public const string InitContainerResize = "InPlacePodVerticalScalingInitContainers";

    /// <summary>What a pod as a whole may use can be changed while it runs.</summary>
    public const string PodLevelResize = "InPlacePodLevelResourcesVerticalScaling";

    /// <summary>Users of containers are mapped though they are in the node's network.</summary>
    public const string HostNetworkUsers = "UserNamespacesHostNetworkSupport";

    /// <summary>WebSockets reach the kubelet as they are.</summary>
    public const string WebSockets = "ExtendWebSocketsToKubelet";

    /// <summary>What a node must have declared to be given a pod; in order.</summary>
    public static IReadOnlyList<string> ToBePlaced(PodSpec pod)
    {
        List<string> needs = [];
        if (RestartsAll(pod))
        {
            needs.Add(RestartAllContainers);
        }

        if (pod.HostNetwork && pod.HostUsers == false)
        {
            needs.Add(HostNetworkUsers);
        }

        return needs;
    }

    /// <summary>What the node of a pod must have declared for the pod to be changed; in order.</summary>
    public static IReadOnlyList<string> ToBeChanged(Pod old, Pod now)
    {
        List<string> needs = [];
        if (!Equals(old.Spec.Resources, now.Spec.Resources))
        {
            needs.Add(PodLevelResize);
        }

        if (old.Spec.InitContainers.Zip(now.Spec.InitContainers).Any(static one =>
            !PodResources.IsSidecar(one.First) && !one.First.Resources.Equals(one.Second.Resources)))
        {
            needs.Add(InitContainerResize);
        }

        return needs;
    }

    private static bool RestartsAll(PodSpec pod)
    {
        foreach (Container one in pod.Containers)
        {
            if (HasRule(one))
            {
                return true;
            }
        }

        foreach (Container one in pod.InitContainers)
        {
            if (HasRule(one))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasRule(Container container)
    {
        foreach (ContainerRestartRule rule in container.RestartPolicyRules)
        {
            if (rule.Action == ContainerRestartRuleAction.RestartAllContainers)
            {
                return true;
            }
        }

        return false;
    }
}
