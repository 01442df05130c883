namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolume
{
    /// <summary>A volume is kept when its claim goes, and shows as a file system.</summary>
    public static PersistentVolume SetDefaults(PersistentVolume obj)
    {
        PersistentVolumeSpec spec = obj.Spec;
        return obj with
        {
            Spec = spec with
            {
                Capacity = ResourceRules.SetDefaults(spec.Capacity),
                PersistentVolumeSource = PersistentVolumeSourceDefaults.Fill(spec.PersistentVolumeSource),
                PersistentVolumeReclaimPolicy = spec.PersistentVolumeReclaimPolicy.Length == 0
                    ? V1.PersistentVolumeReclaimPolicy.Retain
                    : spec.PersistentVolumeReclaimPolicy,
                VolumeMode = spec.VolumeMode ?? PersistentVolumeMode.Filesystem,
            },
            Status = obj.Status.Phase.Length == 0 ? obj.Status with { Phase = PersistentVolumePhase.Pending } : obj.Status,
        };
    }
}
