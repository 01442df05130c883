using Keelson.Api.Core.V1;
using Keelson.Client.Informers;
using Keelson.Controllers.Owners;

namespace Keelson.Controllers.VolumeProtection;

/// <summary>Which pods use which claims.</summary>
internal static class ClaimUses
{
    /// <summary>The claims that a pod names, or that are made for it, by name.</summary>
    public static IEnumerable<string> Of(Pod pod)
    {
        foreach (Volume one in pod.Spec.Volumes.AsEnumerable())
        {
            if (one.VolumeSource.PersistentVolumeClaim is { } claim)
            {
                yield return claim.ClaimName;
            }
            else if (one.VolumeSource.Ephemeral is not null)
            {
                yield return pod.Metadata.Name + "-" + one.Name;
            }
        }
    }

    /// <summary>Pods by the claims they use: <c>namespace/claim</c>.</summary>
    public static IInformerIndex<Pod> PodsByClaim(IInformer<Pod> pods) =>
        pods.Index("claim", static pod => Of(pod).Distinct().Select(name => pod.Metadata.Namespace + "/" + name));

    /// <summary>
    /// True when a pod holds a claim. One that is on no node does not: no kubelet would start it with a claim that is
    /// to go.
    /// </summary>
    public static bool Holds(Pod pod, PersistentVolumeClaim claim)
    {
        if (pod.Spec.NodeName.Length == 0)
        {
            return false;
        }

        string name = claim.Metadata.Name;
        foreach (Volume one in pod.Spec.Volumes)
        {
            if (one.VolumeSource.PersistentVolumeClaim?.ClaimName == name)
            {
                return true;
            }

            bool isItsOwn = one.VolumeSource.Ephemeral is not null
                && pod.Metadata.Name + "-" + one.Name == name
                && Owner.IsControlledBy(claim, pod.Metadata.Uid);
            bool isShutDown = pod.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 };
            if (isItsOwn && !isShutDown)
            {
                return true;
            }
        }

        return false;
    }
}
