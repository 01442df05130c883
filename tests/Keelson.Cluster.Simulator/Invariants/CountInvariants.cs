using Keelson.Api.Apps.V1;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Policy.V1;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Simulator.Invariants;

/// <summary>No namespace has more pods than its quota.</summary>
internal sealed class QuotaInvariant : IInvariant
{
    public IEnumerable<string> Check(ClusterHistory cluster, Change change)
    {
        if (change is not { Now: Pod pod, Old: null })
        {
            yield break;
        }

        foreach (ResourceQuota quota in cluster.Of<ResourceQuota>())
        {
            if (quota.Metadata.Namespace == pod.Metadata.Namespace
                && quota.Status.Hard.TryGetValue("pods", out Quantity hard))
            {
                int pods = cluster.Of<Pod>().Count(
                    one => one.Metadata.Namespace == pod.Metadata.Namespace && !Pods.IsEnded(one));
                if (pods > hard.Value)
                {
                    yield return $"namespace {pod.Metadata.Namespace} has {pods} pods, its quota is {hard}";
                }
            }
        }
    }
}

/// <summary>
/// No eviction leaves fewer pods than a budget wants: of pods that nothing but evictions takes away.
/// </summary>
/// <param name="isCalm">Whether nodes and containers do not fail behind the controller's back.</param>
internal sealed class BudgetInvariant(bool isCalm) : IInvariant
{
    public IEnumerable<string> Check(ClusterHistory cluster, Change change)
    {
        // Pods that do not serve yet may be evicted whatever the budget says.
        if (!isCalm || change is not { Now: Pod { Metadata.DeletionTimestamp: not null } pod, Old: Pod old }
            || !Pods.IsServing(old) || !Pods.IsEvicted(pod))
        {
            yield break;
        }

        foreach (PodDisruptionBudget budget in cluster.Of<PodDisruptionBudget>())
        {
            string app = budget.Spec.Selector!.MatchLabels["app"];
            if (budget.Metadata.Namespace != pod.Metadata.Namespace || pod.Metadata.Labels["app"] != app)
            {
                continue;
            }

            int left = cluster.Of<Pod>().Count(one => one.Metadata.Namespace == pod.Metadata.Namespace
                && one.Metadata.Labels.GetValueOrDefault("app") == app && Pods.IsServing(one));
            int least = budget.Spec.MinAvailable!.Value.Number;
            if (left < least)
            {
                yield return $"the eviction of {pod.Metadata.Name} leaves {left} pods, its budget wants {least}";
            }
        }
    }
}

/// <summary>A daemon set has one pod a node, and an index of a job is completed once.</summary>
/// <param name="faults">Tells whether an answer was lost, after which a pod may come twice for a moment.</param>
internal sealed class SinglePodInvariant(Faults faults) : IInvariant
{
    private const string IndexAnnotation = "batch.kubernetes.io/job-completion-index";

    public IEnumerable<string> Check(ClusterHistory cluster, Change change)
    {
        if (change.Now is not Pod pod || faults.LostSoFar > 0
            || ClusterHistory.ControllerOf(pod) is not { } owner)
        {
            yield break;
        }

        if (owner.Kind == "DaemonSet" && change.Old is null
            && cluster.Of<DaemonSet>().FirstOrDefault(one => one.Metadata.Uid == owner.Uid) is { } set
            && cluster.PodsOf(set).Where(Pods.IsActive).GroupBy(NodeOf).FirstOrDefault(static one => one.Count() > 1)
                is { } twice)
        {
            yield return $"daemon set {owner.Name} has {twice.Count()} pods on {twice.Key}";
        }

        if (owner.Kind == "Job" && pod.Metadata.Annotations.TryGetValue(IndexAnnotation, out string? index)
            && cluster.Of<Job>().FirstOrDefault(one => one.Metadata.Uid == owner.Uid) is { } job
            && cluster.PodsOf(job).Count(one => one.Metadata.Annotations.GetValueOrDefault(IndexAnnotation) == index
                && one.Status.Phase == PodPhase.Succeeded) > 1)
        {
            yield return $"job {owner.Name} completed index {index} twice";
        }
    }

    private static string NodeOf(Pod pod) => pod.Spec.NodeName.Length > 0
        ? pod.Spec.NodeName
        : pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            .SelectMany(static term => term.MatchFields).SelectMany(static field => field.Values).FirstOrDefault()
                ?? "";
}
