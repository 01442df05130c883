using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSIDriver
{
    private static readonly ApiList<string> DefaultLifecycleModes = [VolumeLifecycleMode.Persistent];

    /// <inheritdoc/>
    public static CSIDriver SetDefaults(CSIDriver obj) => obj with
    {
        Spec = obj.Spec with
        {
            AttachRequired = obj.Spec.AttachRequired ?? true,
            PodInfoOnMount = obj.Spec.PodInfoOnMount ?? false,
            StorageCapacity = obj.Spec.StorageCapacity ?? false,
            FsGroupPolicy = obj.Spec.FsGroupPolicy ?? FSGroupPolicy.ReadWriteOnceWithFSType,
            VolumeLifecycleModes = obj.Spec.VolumeLifecycleModes.Count == 0 ? DefaultLifecycleModes : obj.Spec.VolumeLifecycleModes,
            RequiresRepublish = obj.Spec.RequiresRepublish ?? false,
            SeLinuxMount = obj.Spec.SeLinuxMount ?? false,
        },
    };
}
