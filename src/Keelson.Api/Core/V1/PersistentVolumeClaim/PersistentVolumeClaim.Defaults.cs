namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolumeClaim
{
    /// <summary>A claim without a phase is pending.</summary>
    public static PersistentVolumeClaim SetDefaults(PersistentVolumeClaim obj)
    {
        PersistentVolumeClaimSpec spec = PersistentVolumeClaimRules.SetSpecDefaults(obj.Spec);
        PersistentVolumeClaimStatus status = obj.Status with
        {
            Phase = obj.Status.Phase.Length == 0 ? PersistentVolumeClaimPhase.Pending : obj.Status.Phase,
            Capacity = ResourceRules.SetDefaults(obj.Status.Capacity),
            AllocatedResources = ResourceRules.SetDefaults(obj.Status.AllocatedResources),
        };
        return obj with { Spec = spec, Status = status };
    }
}
