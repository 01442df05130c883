using Keelson.Api.Core.V1;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ReplicaSets;

/// <summary>What is wanted of a set of equal pods, whichever kind asks for it.</summary>
/// <param name="Replicas">How many.</param>
/// <param name="MinReadySeconds">How long a pod must be ready to count as available.</param>
/// <param name="TemplateLabels">The labels that a pod of the template has.</param>
internal sealed record ReplicaTarget(int Replicas, int MinReadySeconds, ApiMap<string> TemplateLabels);

/// <summary>What is there of it.</summary>
internal sealed record ReplicaCounts(int Replicas, int FullyLabeled, int Ready, int Available, int Terminating);

/// <summary>What to do about a set of equal pods.</summary>
/// <param name="Create">How many pods to create.</param>
/// <param name="Delete">Which pods to delete.</param>
/// <param name="Counts">What is there, before that.</param>
/// <param name="CheckAfter">When a ready pod becomes available without anything else happening; null for never.</param>
internal sealed record ReplicaPlan(int Create, IReadOnlyList<Pod> Delete, ReplicaCounts Counts, TimeSpan? CheckAfter)
{
    /// <summary>The most pods created or deleted in one go (upstream's burstReplicas).</summary>
    private const int LargestBurst = 500;

    /// <summary>Decides.</summary>
    /// <param name="target">What is wanted.</param>
    /// <param name="owned">The pods that the owner controls.</param>
    /// <param name="related">Active pods of the same workload, by which crowding of nodes is judged.</param>
    /// <param name="now">The present.</param>
    public static ReplicaPlan Compute(
        ReplicaTarget target, IReadOnlyList<Pod> owned, IEnumerable<Pod> related, Time now)
    {
        List<Pod> active = [.. owned.Where(PodFacts.IsActive)];
        int surplus = active.Count - target.Replicas;
        IReadOnlyList<Pod> delete = [];
        if (surplus > 0)
        {
            surplus = Math.Min(surplus, LargestBurst);

            // The order only matters when some stay.
            delete = surplus == active.Count ? active : [.. active.Order(new PodRanking(related, now)).Take(surplus)];
        }

        TimeSpan? check = null;
        foreach (Pod pod in active)
        {
            TimeSpan? left = PodFacts.UntilAvailable(pod, target.MinReadySeconds, now);
            check = left is { } one && (check is null || one < check) ? one : check;
        }

        return new(Math.Clamp(-surplus, 0, LargestBurst), delete, Count(target, owned, active, now), check);
    }

    private static ReplicaCounts Count(ReplicaTarget target, IReadOnlyList<Pod> owned, List<Pod> active, Time now)
    {
        int labeled = 0;
        int ready = 0;
        int available = 0;
        foreach (Pod pod in active)
        {
            bool all = true;
            foreach (KeyValuePair<string, string> label in target.TemplateLabels)
            {
                all &= pod.Metadata.Labels.TryGetValue(label.Key, out string? value) && value == label.Value;
            }

            labeled += all ? 1 : 0;
            if (PodFacts.IsReady(pod))
            {
                ready++;
                available += PodFacts.IsAvailable(pod, target.MinReadySeconds, now) ? 1 : 0;
            }
        }

        return new(active.Count, labeled, ready, available, owned.Count(PodFacts.IsTerminating));
    }
}
