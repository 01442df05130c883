using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
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
                + $"{set.Status.AvailableReplicas} available" + Seen(change, set.Status.ObservedGeneration),
            { Now: Deployment one } => $"wants {one.Spec.Replicas}, {one.Status.Replicas} there, "
                + $"{one.Status.AvailableReplicas} available" + Seen(change, one.Status.ObservedGeneration),
            { Now: StatefulSet set } => $"wants {set.Spec.Replicas}, {set.Status.Replicas} there, "
                + $"{set.Status.UpdatedReplicas} updated, {set.Status.CurrentRevision} to {set.Status.UpdateRevision}"
                + Seen(change, set.Status.ObservedGeneration),
            { Now: ResourceQuota quota } => $"hard {quota.Status.Hard}, used {quota.Status.Used}",
            { Old: null } => "created",
            _ => "changed",
        };
        IObject obj = change.Object;
        return $"revision {change.Revision}: {obj.KindInfo.Kind} {obj.Metadata.Namespace}/{obj.Metadata.Name}: {what}";
    }

    private static string Seen(Change change, long generation) =>
        $" (generation {change.Object.Metadata.Generation}, seen {generation})";
}
