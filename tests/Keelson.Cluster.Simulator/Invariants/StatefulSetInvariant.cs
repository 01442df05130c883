using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;

namespace Keelson.Cluster.Simulator.Invariants;

/// <summary>
/// The pods of a stateful set come one after the other, go one at a time, keep their names to themselves, and a
/// status that says that all are updated is true.
/// </summary>
/// <param name="isCalm">Whether nothing but the controller takes pods away.</param>
internal sealed class StatefulSetInvariant(bool isCalm) : IInvariant
{
    private const string RevisionLabel = "controller-revision-hash";

    public IEnumerable<string> Check(ClusterHistory cluster, Change change) => change switch
    {
        { Now: StatefulSet set } => CheckStatus(cluster, set),
        { Now: Pod pod } when OwnerOf(cluster, pod) is { } set => CheckPod(cluster, set, pod, change.Old as Pod),
        _ => [],
    };

    private static StatefulSet? OwnerOf(ClusterHistory cluster, Pod pod) =>
        ClusterHistory.ControllerOf(pod) is { Kind: "StatefulSet" } owner
            ? cluster.Of<StatefulSet>().FirstOrDefault(one => one.Metadata.Uid == owner.Uid)
            : null;

    private static IEnumerable<string> CheckStatus(ClusterHistory cluster, StatefulSet set)
    {
        StatefulSetStatus status = set.Status;
        if (status.ObservedGeneration != set.Metadata.Generation || status.CurrentRevision != status.UpdateRevision
            || status.UpdatedReplicas != set.Spec.Replicas || set.Spec.Replicas == 0)
        {
            yield break;
        }

        string image = set.Spec.Template.Spec.Containers[0].Image;
        foreach (Pod pod in cluster.PodsOf(set))
        {
            if (Pods.IsActive(pod) && Ordinal(pod) < set.Spec.Replicas && pod.Spec.Containers[0].Image != image)
            {
                yield return $"stateful set {set.Metadata.Name} says that all are of {image}, "
                    + $"but {pod.Metadata.Name} is of {pod.Spec.Containers[0].Image}";
            }
        }
    }

    private IEnumerable<string> CheckPod(ClusterHistory cluster, StatefulSet set, Pod pod, Pod? old)
    {
        bool isNew = old?.Metadata.Uid != pod.Metadata.Uid;
        if (isNew && old is not null)
        {
            yield return $"pod {pod.Metadata.Name} took the place of another that was still there";
        }

        if (isNew && pod.Metadata.Labels.GetValueOrDefault(RevisionLabel) is null or "")
        {
            yield return $"pod {pod.Metadata.Name} does not tell its revision";
        }

        if (!isCalm || set.Spec.PodManagementPolicy == "Parallel")
        {
            yield break;
        }

        Pod[] others = [.. cluster.PodsOf(set).Where(one => one.Metadata.Uid != pod.Metadata.Uid)];
        int[] away = [.. Enumerable.Range(0, Ordinal(pod))
            .Where(ordinal => !others.Any(one => Ordinal(one) == ordinal && Pods.IsReady(one)))];
        if (isNew && away.Length > 0)
        {
            yield return $"pod {pod.Metadata.Name} came before {string.Join(", ", away)} was ready";
        }

        bool goes = pod.Metadata.DeletionTimestamp is not null && old?.Metadata.DeletionTimestamp is null;
        if (goes && others.FirstOrDefault(static one => one.Metadata.DeletionTimestamp is not null) is { } other)
        {
            yield return $"pod {pod.Metadata.Name} goes while {other.Metadata.Name} still does";
        }
    }

    private static int Ordinal(Pod pod) =>
        int.Parse(pod.Metadata.Name[(pod.Metadata.Name.LastIndexOf('-') + 1)..],
            System.Globalization.CultureInfo.InvariantCulture);
}
