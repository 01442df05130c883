using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Owners;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.EphemeralVolumes;

/// <summary>The claim for one volume of a pod.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="Create">The claim to create; null when there is one.</param>
/// <param name="Problem">Why the claim that is there can't be the pod's; null when it can.</param>
internal sealed record EphemeralVolumePlan(string Volume, PersistentVolumeClaim? Create, string? Problem)
{
    /// <summary>Decides for all volumes of a pod that live as long as it does.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="claim">A claim of the pod's namespace by name.</param>
    public static IReadOnlyList<EphemeralVolumePlan> Compute(Pod pod, Func<string, PersistentVolumeClaim?> claim)
    {
        // Who goes away gets nothing new.
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        List<EphemeralVolumePlan> plans = [];
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.VolumeSource.Ephemeral is not { } source)
            {
                continue;
            }

            string name = pod.Metadata.Name + "-" + volume.Name;
            if (claim(name) is not { } there)
            {
                plans.Add(new(volume.Name, ClaimOf(pod, name, source), null));
            }
            else if (!Owner.IsControlledBy(there, pod.Metadata.Uid))
            {
                string @namespace = pod.Metadata.Namespace;
                string problem = $"PVC {@namespace}/{name} was not created for pod "
                    + $"{@namespace}/{pod.Metadata.Name} (pod is not owner)";
                plans.Add(new(volume.Name, null, problem));
            }
        }

        return plans;
    }

    private static PersistentVolumeClaim ClaimOf(Pod pod, string name, EphemeralVolumeSource source) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = name,
            Namespace = pod.Metadata.Namespace,
            Labels = source.VolumeClaimTemplate?.Metadata.Labels ?? ApiMap<string>.Empty,
            Annotations = source.VolumeClaimTemplate?.Metadata.Annotations ?? ApiMap<string>.Empty,
            OwnerReferences = [Owner.ControllerReference(pod)],
        },
        Spec = source.VolumeClaimTemplate?.Spec ?? PersistentVolumeClaimSpec.Empty,
    };
}
