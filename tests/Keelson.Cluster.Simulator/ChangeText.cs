using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Cluster.Simulator.Invariants;

namespace Keelson.Cluster.Simulator;

/// <summary>Changes as a line of text, for who looks into a seed.</summary>
internal static class ChangeText
{
    /// <summary>The line.</summary>
    public static string Line(Change change)
    {
        string what = change switch
        {
            { Now: null } => "deleted",
            { Now: Pod pod } => $"{pod.Spec.NodeName} {pod.Status.Phase}{(Pods.IsReady(pod) ? " ready" : "")}"
                + $"{(pod.Metadata.DeletionTimestamp is null ? "" : " going")} {pod.Spec.Containers[0].Image}",
            { Now: ReplicaSet set } => $"wants {set.Spec.Replicas}, {set.Status.Replicas} there, "
                + $"{set.Status.AvailableReplicas} available (generation {set.Metadata.Generation}, seen {set.Status.ObservedGeneration})",
            { Now: Deployment one } => $"wants {one.Spec.Replicas}, {one.Status.Replicas} there, "
                + $"{one.Status.AvailableReplicas} available (generation {one.Metadata.Generation}, seen {one.Status.ObservedGeneration})",
            { Now: StatefulSet set } => $"wants {set.Spec.Replicas}, {set.Status.Replicas} there, {set.Status.UpdatedReplicas} updated, "
                + $"{set.Status.CurrentRevision} to {set.Status.UpdateRevision} (generation {set.Metadata.Generation}, seen {set.Status.ObservedGeneration})",
            { Now: ResourceQuota quota } => $"hard {quota.Status.Hard}, used {quota.Status.Used}",
            { Old: null } => "created",
            _ => "changed",
        };
        return $"revision {change.Revision}: {change.Object.KindInfo.Kind} {change.Object.Metadata.Namespace}/{change.Object.Metadata.Name}: {what}";
    }
}
