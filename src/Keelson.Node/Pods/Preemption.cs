using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;

namespace Keelson.Nodes.Pods;

/// <summary>
/// Which pods have to go so that a critical one finds room (upstream's critical pod admission): as few and as little as
/// possible, those first who asked for the least certainty. Pure.
/// </summary>
internal static class Preemption
{
    /// <summary>The pods; null when not even all of them would be enough.</summary>
    /// <param name="pod">The critical pod.</param>
    /// <param name="others">The pods that are there.</param>
    /// <param name="missing">What has to become free of each resource.</param>
    public static IReadOnlyList<Pod>? Choose(
        Pod pod, IReadOnlyCollection<Pod> others, IReadOnlyDictionary<string, long> missing)
    {
        ILookup<string, Pod> classes = others.Where(one => MayGo(pod, one))
            .ToLookup(static one => PodResourceConfigs.QosOf(one));
        Pod[] bestEffort = [.. classes[PodQOSClass.BestEffort]];
        Pod[] burstable = [.. classes[PodQOSClass.Burstable]];
        Pod[] guaranteed = [.. classes[PodQOSClass.Guaranteed]];
        if (Without(missing, [.. bestEffort, .. burstable, .. guaranteed]).Count > 0)
        {
            return null;
        }

        // Of each class only what all those of lesser classes would not give.
        List<Pod> first = Closest(guaranteed, Without(missing, [.. bestEffort, .. burstable]));
        List<Pod> second = Closest(burstable, Without(missing, [.. bestEffort, .. first]));
        List<Pod> third = Closest(bestEffort, Without(missing, [.. second, .. first]));
        return [.. third, .. second, .. first];
    }

    private static bool MayGo(Pod pod, Pod other) =>
        (PodAmounts.IsCritical(pod) && !PodAmounts.IsCritical(other))
        || (pod.Spec.Priority is { } mine && other.Spec.Priority is { } theirs && mine > theirs);

    /// <summary>One after the other the pod that gives most of what is missing, of those the smallest.</summary>
    private static List<Pod> Closest(IReadOnlyCollection<Pod> pods, IReadOnlyDictionary<string, long> missing)
    {
        List<Pod> chosen = [];
        List<Pod> left = [.. pods];
        while (missing.Count > 0 && left.Count > 0)
        {
            Pod best = left.OrderBy(one => Distance(missing, one)).ThenBy(Size).First();
            left.Remove(best);
            chosen.Add(best);
            missing = Without(missing, [best]);
        }

        return chosen;
    }

    private static double Distance(IReadOnlyDictionary<string, long> missing, Pod pod)
    {
        double sum = 0;
        foreach ((string resource, long amount) in missing)
        {
            double lacks = Math.Max(0, amount - Amount(pod, resource)) / (double)amount;
            sum += lacks * lacks;
        }

        return sum;
    }

    private static (long Memory, long Cpu) Size(Pod pod) => (Amount(pod, "memory"), Amount(pod, "cpu"));

    private static Dictionary<string, long> Without(
        IReadOnlyDictionary<string, long> missing, IReadOnlyCollection<Pod> pods)
    {
        Dictionary<string, long> left = new(StringComparer.Ordinal);
        foreach ((string resource, long amount) in missing)
        {
            long still = amount - pods.Sum(one => Amount(one, resource));
            if (still > 0)
            {
                left[resource] = still;
            }
        }

        return left;
    }

    private static long Amount(Pod pod, string resource) => resource == "pods"
        ? 1
        : NodeFit.Units(resource, PodAmounts.Requests(pod).GetValueOrDefault(resource));
}
