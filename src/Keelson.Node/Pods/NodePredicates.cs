using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>What a node asks of a pod, whoever placed it there (upstream's general predicates). Pure.</summary>
internal static class NodePredicates
{
    private const string MachineSystem = "linux";
    private const string SystemLabel = "kubernetes.io/os";
    private const string AnyAddress = "0.0.0.0";

    /// <summary>Null, or why the pod can never run on such a node.</summary>
    public static PodVerdict? Unsuitable(Pod pod, Node node)
    {
        if (pod.Metadata.Labels.TryGetValue(SystemLabel, out string? system) && system != MachineSystem)
        {
            return new(
                "PodOSSelectorNodeLabelDoesNotMatch",
                "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label");
        }

        if (pod.Spec.Os is { } own && own.Name != MachineSystem)
        {
            return new("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
        }

        return pod.Spec.SecurityContext?.SupplementalGroupsPolicy is "Strict"
            && node.Status.Features?.SupplementalGroupsPolicy != true
            ? new(
                "SupplementalGroupsPolicyNotSupported",
                "SupplementalGroupsPolicy=Strict is not supported in this node")
            : null;
    }

    /// <summary>Null, or the first predicate beside resources that a pod fails on a node.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="others">The pods that are there.</param>
    /// <param name="node">The node.</param>
    public static PodVerdict? Failed(Pod pod, IEnumerable<Pod> others, Node node)
    {
        if (!NodeMatching.MeetsAffinity(pod.Spec, node))
        {
            return Failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
        }

        if (pod.Spec.NodeName.Length > 0 && pod.Spec.NodeName != node.Metadata.Name)
        {
            return Failed("NodeName", "node(s) didn't match the requested node name");
        }

        if (TakesPortsOf(pod, others))
        {
            return Failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
        }

        // Taints that only keep new pods away are the scheduler's; the node's own pods run in spite of all.
        return !StaticPods.IsStatic(pod)
            && Tolerations.Untolerated(pod.Spec.Tolerations, node.Spec.Taints, TaintEffect.NoExecute) is not null
            ? Failed("TaintToleration", "node(s) had taints that the pod didn't tolerate")
            : null;
    }

    private static PodVerdict Failed(string predicate, string why) =>
        new(predicate, $"Predicate {predicate} failed: {why}");

    private static bool TakesPortsOf(Pod pod, IEnumerable<Pod> others)
    {
        HostPort[] wanted = [.. PortsOf(pod)];
        return wanted.Length > 0
            && others.SelectMany(PortsOf).Any(taken => wanted.Any(one => one.ConflictsWith(taken)));
    }

    private static IEnumerable<HostPort> PortsOf(Pod pod) =>
        from one in ContainerSpec.InitOf(pod.Spec).Where(static it => it.Role == ContainerRole.Sidecar)
            .Concat(ContainerSpec.RegularOf(pod.Spec))
        from port in one.Container.Ports.AsSpan().ToArray()
        where port.HostPort > 0
        select new HostPort(
            port.HostIP.Length == 0 ? AnyAddress : port.HostIP,
            port.Protocol.Length == 0 ? "TCP" : port.Protocol,
            port.HostPort);

    private sealed record HostPort(string Address, string Protocol, int Port)
    {
        public bool ConflictsWith(HostPort other) =>
            Port == other.Port && Protocol == other.Protocol
            && (Address == other.Address || Address == AnyAddress || other.Address == AnyAddress);
    }
}
