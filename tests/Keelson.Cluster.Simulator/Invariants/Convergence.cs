using Keelson.Api.Apps.V1;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Policy.V1;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Simulator.Invariants;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>What a cluster that was left alone for a while must look like: everything is as it was asked for.</summary>
internal static class Convergence
{
    /// <summary>What is not as it should be.</summary>
    public static IEnumerable<string> Problems(ClusterHistory cluster) =>
    [
        .. cluster.Of<Deployment>().SelectMany(one => Check(cluster, one)),
        .. cluster.Of<ReplicaSet>().Where(one => !HasQuota(cluster, one))
            .SelectMany(one => Count(cluster, one, one.Spec.Replicas ?? 1)),
        .. cluster.Of<StatefulSet>().SelectMany(one => Check(cluster, one)),
        .. cluster.Of<DaemonSet>().SelectMany(one => Check(cluster, one)),
        .. cluster.Of<Job>().SelectMany(Check),
        .. cluster.Of<PodDisruptionBudget>().SelectMany(one => Check(cluster, one)),
        .. cluster.Of<ResourceQuota>().SelectMany(one => Check(cluster, one)),
        .. cluster.Of<Service>().SelectMany(one => Check(cluster, one)),
        .. Orphans(cluster),
    ];

    private static IEnumerable<string> Check(ClusterHistory cluster, Deployment deployment)
    {
        int wanted = HasQuota(cluster, deployment) ? -1 : deployment.Spec.Replicas!.Value;
        DeploymentStatus status = deployment.Status;
        if (status.ObservedGeneration != deployment.Metadata.Generation)
        {
            yield return $"deployment {deployment.Metadata.Name}: generation {deployment.Metadata.Generation} "
                + $"was not seen, only {status.ObservedGeneration}";
        }

        if (wanted >= 0
            && (status.UpdatedReplicas, status.Replicas, status.AvailableReplicas) != (wanted, wanted, wanted))
        {
            yield return $"deployment {deployment.Metadata.Name}: {wanted} wanted, {status.UpdatedReplicas} updated, "
                + $"{status.Replicas} there, {status.AvailableReplicas} available";
        }

        string image = deployment.Spec.Template.Spec.Containers[0].Image;
        foreach (ReplicaSet set in cluster.Of<ReplicaSet>())
        {
            if (ClusterHistory.ControllerOf(set)?.Uid == deployment.Metadata.Uid
                && set.Spec.Template.Spec.Containers[0].Image != image && set.Spec.Replicas != 0)
            {
                yield return $"deployment {deployment.Metadata.Name}: an older set wants {set.Spec.Replicas} pods";
            }
        }
    }

    private static IEnumerable<string> Check(ClusterHistory cluster, StatefulSet set)
    {
        StatefulSetStatus status = set.Status;
        int wanted = set.Spec.Replicas!.Value;
        if (status.ObservedGeneration != set.Metadata.Generation
            || (status.UpdatedReplicas, status.Replicas, status.AvailableReplicas) != (wanted, wanted, wanted)
            || (wanted > 0 && status.CurrentRevision != status.UpdateRevision))
        {
            yield return $"stateful set {set.Metadata.Name}: {wanted} wanted, {status.UpdatedReplicas} updated, "
                + $"{status.Replicas} there, {status.AvailableReplicas} available";
        }

        string image = set.Spec.Template.Spec.Containers[0].Image;
        foreach (string problem in Count(cluster, set, wanted).Concat(cluster.PodsOf(set)
            .Where(pod => pod.Spec.Containers[0].Image != image)
            .Select(pod => $"pod {pod.Metadata.Name} is not of {image}")))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Check(ClusterHistory cluster, DaemonSet set)
    {
        int wanted = cluster.Of<Node>().Count();
        DaemonSetStatus status = set.Status;
        if (status.ObservedGeneration != set.Metadata.Generation
            || (status.UpdatedNumberScheduled, status.NumberAvailable) != (wanted, wanted))
        {
            yield return $"daemon set {set.Metadata.Name}: {wanted} wanted, {status.UpdatedNumberScheduled} updated, "
                + $"{status.NumberAvailable} available";
        }

        foreach (string problem in Count(cluster, set, wanted))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Check(Job job)
    {
        bool isComplete = job.Status.Conditions.Any(static one => one is { Type: "Complete", Status: "True" });
        if (!isComplete || job.Status.Succeeded != job.Spec.Completions)
        {
            yield return $"job {job.Metadata.Name}: {job.Status.Succeeded} of {job.Spec.Completions} succeeded";
        }
    }

    private static IEnumerable<string> Check(ClusterHistory cluster, PodDisruptionBudget budget)
    {
        int healthy = cluster.Of<Pod>().Count(one => one.Metadata.Namespace == budget.Metadata.Namespace
            && one.Metadata.Labels.GetValueOrDefault("app") == budget.Spec.Selector!.MatchLabels["app"]
            && Pods.IsServing(one));
        if (budget.Status.CurrentHealthy != healthy)
        {
            yield return $"budget {budget.Metadata.Name}: {healthy} are healthy, not {budget.Status.CurrentHealthy}";
        }
    }

    private static IEnumerable<string> Check(ClusterHistory cluster, ResourceQuota quota)
    {
        int pods = cluster.Of<Pod>().Count(
            one => one.Metadata.Namespace == quota.Metadata.Namespace && !Pods.IsEnded(one));
        long used = quota.Status.Used.TryGetValue("pods", out Quantity amount) ? amount.Value : -1;
        int wanted = cluster.Of<Deployment>()
            .Where(one => one.Metadata.Namespace == quota.Metadata.Namespace)
                .Sum(static one => one.Spec.Replicas!.Value);
        long full = Math.Min(wanted, quota.Spec.Hard["pods"].Value);
        if (used != pods || pods < full)
        {
            yield return $"quota {quota.Metadata.Name}: {pods} pods of {full}, counted {used}";
        }
    }

    private static IEnumerable<string> Check(ClusterHistory cluster, Service service)
    {
        if (!service.Spec.Selector.TryGetValue("app", out string? app))
        {
            yield break;
        }

        string[] pods = [.. cluster.Of<Pod>()
            .Where(one => one.Metadata.Namespace == service.Metadata.Namespace
                && one.Metadata.Labels.GetValueOrDefault("app") == app && Pods.IsServing(one))
            .Select(static one => one.Status.PodIP).Order(StringComparer.Ordinal)];
        string[] endpoints = [.. cluster.Of<EndpointSlice>()
            .Where(one => one.Metadata.Namespace == service.Metadata.Namespace
                && one.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == service.Metadata.Name)
            .SelectMany(static one => one.Endpoints).Where(static one => one.Conditions.Ready == true)
            .SelectMany(static one => one.Addresses).Order(StringComparer.Ordinal)];
        if (!pods.SequenceEqual(endpoints))
        {
            yield return $"service {service.Metadata.Name}: pods {string.Join(' ', pods)}, "
                + $"endpoints {string.Join(' ', endpoints)}";
        }
    }

    private static bool HasQuota(ClusterHistory cluster, IObject obj) =>
        cluster.Of<ResourceQuota>().Any(one => one.Metadata.Namespace == obj.Metadata.Namespace);

    private static IEnumerable<string> Count(ClusterHistory cluster, IObject owner, int wanted)
    {
        Pod[] pods = [.. cluster.PodsOf(owner).Where(static pod => !Pods.IsEnded(pod))];
        if (pods.Length != wanted || !pods.All(Pods.IsServing))
        {
            yield return $"{owner.KindInfo.Kind} {owner.Metadata.Name}: {wanted} pods wanted, {pods.Length} there, "
                + $"{pods.Count(Pods.IsServing)} serve";
        }
    }

    /// <summary>Nothing is left of what is gone.</summary>
    private static IEnumerable<string> Orphans(ClusterHistory cluster)
    {
        HashSet<string> present = [.. cluster.All.Select(static one => one.Metadata.Uid)];
        HashSet<string> namespaces = [.. cluster.Of<Namespace>().Select(static one => one.Metadata.Name)];
        foreach (IObject one in cluster.All)
        {
            string name = $"{one.KindInfo.Kind} {one.Metadata.Namespace}/{one.Metadata.Name}";
            if (one.Metadata.OwnerReferences.FirstOrDefault(owner => !present.Contains(owner.Uid)) is { } gone)
            {
                yield return $"{name} is left of {gone.Kind} {gone.Name}";
            }

            if (one.Metadata.DeletionTimestamp is not null)
            {
                yield return $"{name} has been going away since {one.Metadata.DeletionTimestamp}";
            }

            if (one.Metadata.Namespace.Length > 0 && !namespaces.Contains(one.Metadata.Namespace))
            {
                yield return $"{name} is left of its namespace";
            }

            if (one is ReplicaSet or Pod && one.Metadata.OwnerReferences.Count == 0)
            {
                yield return $"{name} belongs to nobody";
            }
        }
    }
}
