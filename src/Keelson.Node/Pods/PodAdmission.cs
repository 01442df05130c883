using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>Whether a pod may run on the node: the last word, after the scheduler's.</summary>
internal sealed class PodAdmission(NodeContext context, NodeAgentConfig config, NodePressures pressures)
{
    // Upstream's safe set: settings that are separate for each pod and harm no other.
    private static readonly HashSet<string> SafeSysctls = new(StringComparer.Ordinal)
    {
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    };

    /// <summary>Null, or why the pod may not run.</summary>
    public Task<PodVerdict?> CheckAsync(Pod pod, CancellationToken cancellationToken) => Task.FromResult(Check(pod));

    private PodVerdict? Check(Pod pod)
    {
        if (pressures.Refuses(pod) is { } pressed)
        {
            return pressed;
        }

        foreach (Sysctl one in pod.Spec.SecurityContext?.Sysctls ?? default)
        {
            string name = one.Name.Replace('/', '.');
            if (!SafeSysctls.Contains(name) && !IsAllowed(name))
            {
                return new("SysctlForbidden", $"forbidden sysctl: \"{one.Name}\" not allowlisted");
            }
        }

        Node? node = context.Informers.Of<Node>().Find("", context.NodeName);
        return node is null ? null : Misplaced(pod, node) ?? Overfull(pod, node);
    }

    private bool IsAllowed(string name) => config.AllowedUnsafeSysctls.Any(one =>
        one.EndsWith('*') ? name.StartsWith(one[..^1], StringComparison.Ordinal) : name == one);

    private static PodVerdict? Misplaced(Pod pod, Node node) => NodeMatching.MeetsAffinity(pod.Spec, node)
        ? null
        : new("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");

    private PodVerdict? Overfull(Pod pod, Node node)
    {
        ApiMap<Quantity> wanted = PodResources.AggregateContainerRequests(pod.Spec);
        List<Pod> others =
        [
            .. context.Informers.Of<Pod>().List().Where(one =>
                one.Spec.NodeName == context.NodeName
                && one.Metadata.Uid != pod.Metadata.Uid
                && one.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed)
                && (one.Status.StartTime is not null)),
        ];
        long room = node.Status.Allocatable.GetValueOrDefault("pods").Value;
        if (room > 0 && others.Count + 1 > room)
        {
            return TooMuch("pods", 1, others.Count, room);
        }

        foreach (string name in (ReadOnlySpan<string>)["cpu", "memory", "ephemeral-storage"])
        {
            if (!wanted.TryGetValue(name, out Quantity asked) || asked.IsZero
                || !node.Status.Allocatable.ContainsKey(name))
            {
                continue;
            }

            Quantity used = default;
            foreach (Pod one in others)
            {
                used += PodResources.AggregateContainerRequests(one.Spec).GetValueOrDefault(name);
            }

            Quantity capacity = node.Status.Allocatable[name];
            if (asked + used > capacity)
            {
                return name == "cpu"
                    ? TooMuch(name, asked.MilliValue, used.MilliValue, capacity.MilliValue)
                    : TooMuch(name, asked.Value, used.Value, capacity.Value);
            }
        }

        return null;
    }

    private static PodVerdict TooMuch(string name, long asked, long used, long capacity) => new(
        "OutOf" + name,
        $"Node didn't have enough resource: {name}, requested: {asked}, used: {used}, capacity: {capacity}");
}
