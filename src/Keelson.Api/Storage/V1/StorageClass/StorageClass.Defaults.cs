namespace Keelson.Api.Storage.V1;

public sealed partial record StorageClass
{
    /// <inheritdoc/>
    public static StorageClass SetDefaults(StorageClass obj) => obj is { ReclaimPolicy: not null, VolumeBindingMode: not null }
        ? obj
        : obj with
        {
            ReclaimPolicy = obj.ReclaimPolicy ?? "Delete",
            VolumeBindingMode = obj.VolumeBindingMode ?? V1.VolumeBindingMode.Immediate,
        };
}
