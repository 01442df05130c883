using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Nodes;
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

    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<string> _admitted = new(StringComparer.Ordinal);

    /// <summary>The pods that are on the node, and who ends them.</summary>
    public INodePods Pods { get; set; } = NoPods.Instance;

    /// <summary>Null, or why the pod may not run.</summary>
    public async Task<PodVerdict?> CheckAsync(Pod pod, CancellationToken cancellationToken)
    {
        if ((First(pod) ?? await placements.AdmitAsync(pod, cancellationToken)) is { } refused)
        {
            return refused;
        }

        PodVerdict? verdict = await LastAsync(pod, cancellationToken) ?? shutdown.Refuses();
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

        string[] lacking =
            [.. DeclaredFeatureNeeds.ToBePlaced(pod.Spec).Except(DeclaredFeatures.All, StringComparer.Ordinal)];
        if (lacking.Length > 0)
        {
            return new(
                "PodFeatureUnsupported",
                "Pod requires node features that are not available: " + string.Join(", ", lacking));
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

    /// <summary>One pod after the other: each counts for the next as soon as it was let in.</summary>
    private async Task<PodVerdict?> LastAsync(Pod pod, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            PodVerdict? verdict = context.Informers.Of<Node>().Find("", context.NodeName) is { } node
                ? NodePredicates.Unsuitable(pod, node) ?? await FitAsync(pod, node, cancellationToken)
                : null;
            if (verdict is null)
            {
                _admitted.IntersectWith([.. Pods.Held.Select(static one => one.Metadata.Uid)]);
                _admitted.Add(pod.Metadata.Uid);
            }

            return verdict;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<PodVerdict?> FitAsync(Pod pod, Node node, CancellationToken cancellationToken)
    {
        List<Pod> others =
        [
            .. Pods.Held.Where(one =>
                one.Metadata.Uid != pod.Metadata.Uid
                && one.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed)
                && (one.Status.StartTime is not null || _admitted.Contains(one.Metadata.Uid)))
                .Select(resizing.Allocated),
        ];
        Pod wanted = resizing.Allocated(pod);
        IReadOnlyList<Shortfall> lacking = NodeFit.Shortfalls(
            wanted, others, placements.WithGiven(pod, node.Status.Allocatable));
        PodVerdict? failed = NodePredicates.Failed(pod, others, node);
        if (lacking.Count == 0)
        {
            return failed;
        }

        // Room is made for critical pods, unless they could not run anyway.
        return !PodAmounts.IsCritical(pod) ? lacking[0].Verdict
            : failed ?? await MakeRoomAsync(wanted, others, lacking, cancellationToken);
    }

    private async Task<PodVerdict?> MakeRoomAsync(
        Pod pod, List<Pod> others, IReadOnlyList<Shortfall> lacking, CancellationToken cancellationToken)
    {
        Dictionary<string, long> missing = lacking.ToDictionary(
            static one => one.Resource, static one => one.Missing, StringComparer.Ordinal);
        if (Preemption.Choose(pod, others, missing) is not { } victims)
        {
            string what = string.Join(", ", lacking.Select(static one => $"(res: {one.Resource}, q: {one.Missing})"));
            return new(
                "UnexpectedAdmissionError",
                "Unexpected error while attempting to recover from admission failure: preemption: error finding a set "
                    + $"of pods to preempt: no set of running pods found to reclaim resources: [{what}, ]");
        }

        foreach (Pod victim in victims)
        {
            foreach (string resource in missing.Keys)
            {
                context.Metrics.Node.Preemptions.Count(resource);
            }

            await Pods.EndAsync(
                victim,
                new("Preempting", "Preempted in order to admit critical pod", "TerminationByKubelet")
                {
                    DisruptionMessage = "Pod was preempted by Kubelet to accommodate a critical pod.",
                },
                cancellationToken);
        }

        return null;
    }

    private bool IsAllowed(string name) => config.AllowedUnsafeSysctls.Any(one =>
        one.EndsWith('*') ? name.StartsWith(one[..^1], StringComparison.Ordinal) : name == one);
}
