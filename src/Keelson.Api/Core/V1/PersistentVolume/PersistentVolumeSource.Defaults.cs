namespace Keelson.Api.Core.V1;

/// <summary>What the sources of volumes are filled in with.</summary>
internal static class PersistentVolumeSourceDefaults
{
    public static PersistentVolumeSource Fill(PersistentVolumeSource source) => source switch
    {
        { HostPath: { Type: null } host } => source with { HostPath = host with { Type = HostPathType.None } },
        { Iscsi: { IscsiInterface: "" } iscsi } => source with { Iscsi = iscsi with { IscsiInterface = "default" } },
        { Rbd: { } rbd } => source with
        {
            Rbd = rbd with
            {
                Pool = Or(rbd.Pool, "rbd"),
                User = Or(rbd.User, "admin"),
                Keyring = Or(rbd.Keyring, "/etc/ceph/keyring"),
            },
        },
        { AzureDisk: { } disk } => source with
        {
            AzureDisk = disk with
            {
                CachingMode = disk.CachingMode ?? AzureDataDiskCachingMode.ReadWrite,
                Kind = disk.Kind ?? AzureDataDiskKind.Shared,
                FsType = disk.FsType ?? "ext4",
                ReadOnly = disk.ReadOnly ?? false,
            },
        },
        { ScaleIO: { } scale } => source with
        {
            ScaleIO = scale with { StorageMode = Or(scale.StorageMode, "ThinProvisioned"), FsType = Or(scale.FsType, "xfs") },
        },
        _ => source,
    };

    private static string Or(string text, string fallback) => text.Length == 0 ? fallback : text;
}
