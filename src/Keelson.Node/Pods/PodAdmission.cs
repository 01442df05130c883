using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Resize;
using Keelson.Nodes.Shutdown;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>Whether a pod may run on the node: the last word, after the scheduler's.</summary>
internal sealed class PodAdmission(
    NodeContext context,
    NodeAgentConfig config,
    NodePressures pressures,
    PodResizing resizing,
    Placements placements,
    NodeShutdown shutdown)
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
    public async Task<PodVerdict?> CheckAsync(Pod pod, CancellationToken cancellationToken)
    {
        if ((First(pod) ?? await placements.AdmitAsync(pod, cancellationToken)) is { } refused)
        {
            return refused;
        }

        PodVerdict? verdict = Last(pod) ?? shutdown.Refuses();
        if (verdict is not null)
        {
            placements.Release(pod.Metadata.Uid);
        }

        return verdict;
    }

    private PodVerdict? First(Pod pod)
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

        return null;
    }

    private PodVerdict? Last(Pod pod)
    {
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
        List<Pod> others =
        [
            .. context.Informers.Of<Pod>().List().Where(one =>
                one.Spec.NodeName == context.NodeName
                && one.Metadata.Uid != pod.Metadata.Uid
                && one.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed)
                && (one.Status.StartTime is not null)).Select(resizing.Allocated),
        ];
        return NodeFit.Lacks(resizing.Allocated(pod), others, node.Status.Allocatable);
    }
}
