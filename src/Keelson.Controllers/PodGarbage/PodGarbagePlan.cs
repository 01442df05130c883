using Keelson.Api.Core.V1;
using Keelson.Controllers.Nodes;

namespace Keelson.Controllers.PodGarbage;

/// <summary>Why a pod is cleared away.</summary>
internal enum PodGarbageReason
{
    /// <summary>There are too many pods that have ended.</summary>
    Ended,

    /// <summary>It is to go, and its node is out of service.</summary>
    OutOfService,

    /// <summary>Its node is no more.</summary>
    Orphaned,

    /// <summary>It is to go, and never came to a node.</summary>
    Unscheduled,
}

/// <summary>Which pods nobody else clears away.</summary>
/// <param name="Pods">The pods, and why.</param>
/// <param name="MissingNodes">Nodes that pods name and that are not there: to be quarantined.</param>
internal sealed record PodGarbagePlan(
    IReadOnlyList<(Pod Pod, PodGarbageReason Reason)> Pods, IReadOnlySet<string> MissingNodes)
{
    /// <summary>Decides.</summary>
    /// <param name="pods">All pods.</param>
    /// <param name="nodes">The node of a name; null when there is none.</param>
    /// <param name="goneNodes">Nodes that were missing for the whole of the quarantine, and are gone for sure.</param>
    /// <param name="threshold">So many pods that have ended are kept (<c>--terminated-pod-gc-threshold</c>); 0 for
    /// all.</param>
    public static PodGarbagePlan Compute(
        IReadOnlyCollection<Pod> pods, Func<string, Node?> nodes, IReadOnlySet<string> goneNodes, int threshold)
    {
        List<(Pod, PodGarbageReason)> garbage = [];
        HashSet<string> missing = new(StringComparer.Ordinal);
        foreach (Pod pod in pods)
        {
            bool isGoing = pod.Metadata.DeletionTimestamp is not null;
            string name = pod.Spec.NodeName;
            if (name.Length == 0)
            {
                if (isGoing)
                {
                    garbage.Add((pod, PodGarbageReason.Unscheduled));
                }
            }
            else if (nodes(name) is not { } node)
            {
                missing.Add(name);
                if (goneNodes.Contains(name))
                {
                    garbage.Add((pod, PodGarbageReason.Orphaned));
                }
            }
            else if (isGoing
                && !NodeFacts.IsReady(node)
                && node.Spec.Taints.Any(static one => one.Key == NodeTaints.OutOfService))
            {
                garbage.Add((pod, PodGarbageReason.OutOfService));
            }
        }

        if (threshold > 0)
        {
            Pod[] ended = [.. pods.Where(static pod => pod.Status.Phase is not (PodPhase.Pending or PodPhase.Running or PodPhase.Unknown))];
            HashSet<Pod> already = [.. garbage.Select(static one => one.Item1)];
            garbage.AddRange(ended
                .OrderBy(static pod => pod.Status is { Phase: PodPhase.Failed, Reason: "Evicted" } ? 0 : 1)
                .ThenBy(static pod => pod.Metadata.CreationTimestamp)
                .ThenBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
                .Take(Math.Max(0, ended.Length - threshold))
                .Where(pod => !already.Contains(pod))
                .Select(static pod => (pod, PodGarbageReason.Ended)));
        }

        return new(garbage, missing);
    }
}
