using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A volume's source with upstream's internal names, for the error that shows what was changed.</summary>
internal static class PersistentVolumeSourceText
{
    private const string Null = "null";

    public static string Render(PersistentVolumeSource source) => ErrorValue.Object(
        ("GCEPersistentDisk", source.GcePersistentDisk is not { } gce ? Null : Disk("PDName", gce.PdName, gce.FsType, gce.Partition, gce.ReadOnly)),
        ("AWSElasticBlockStore", source.AwsElasticBlockStore is not { } aws ? Null : Disk("VolumeID", aws.VolumeID, aws.FsType, aws.Partition, aws.ReadOnly)),
        ("HostPath", source.HostPath is not { } host ? Null : ErrorValue.Object(("Path", Text(host.Path)), ("Type", Text(host.Type)))),
        ("Glusterfs", Glusterfs(source.Glusterfs)),
        ("NFS", source.Nfs is not { } nfs ? Null : ErrorValue.Object(
            ("Server", Text(nfs.Server)), ("Path", Text(nfs.Path)), ("ReadOnly", Flag(nfs.ReadOnly)))),
        ("RBD", Rbd(source.Rbd)),
        ("Quobyte", Quobyte(source.Quobyte)),
        ("ISCSI", Iscsi(source.Iscsi)),
        ("FlexVolume", Flex(source.FlexVolume)),
        ("Cinder", source.Cinder is not { } cinder ? Null : ErrorValue.Object(
            ("VolumeID", Text(cinder.VolumeID)), ("FSType", Text(cinder.FsType)), ("ReadOnly", Flag(cinder.ReadOnly)), ("SecretRef", Secret(cinder.SecretRef)))),
        ("CephFS", CephFS(source.Cephfs)),
        ("FC", Fc(source.Fc)),
        ("Flocker", source.Flocker is not { } flocker ? Null : ErrorValue.Object(
            ("DatasetName", Text(flocker.DatasetName)), ("DatasetUUID", Text(flocker.DatasetUUID)))),
        ("AzureFile", source.AzureFile is not { } file ? Null : ErrorValue.Object(
            ("SecretName", Text(file.SecretName)), ("ShareName", Text(file.ShareName)), ("ReadOnly", Flag(file.ReadOnly)), ("SecretNamespace", Text(file.SecretNamespace)))),
        ("VsphereVolume", source.VsphereVolume is not { } vsphere ? Null : ErrorValue.Object(
            ("VolumePath", Text(vsphere.VolumePath)), ("FSType", Text(vsphere.FsType)), ("StoragePolicyName", Text(vsphere.StoragePolicyName)), ("StoragePolicyID", Text(vsphere.StoragePolicyID)))),
        ("AzureDisk", AzureDisk(source.AzureDisk)),
        ("PhotonPersistentDisk", source.PhotonPersistentDisk is not { } photon ? Null : ErrorValue.Object(
            ("PdID", Text(photon.PdID)), ("FSType", Text(photon.FsType)))),
        ("PortworxVolume", source.PortworxVolume is not { } portworx ? Null : ErrorValue.Object(
            ("VolumeID", Text(portworx.VolumeID)), ("FSType", Text(portworx.FsType)), ("ReadOnly", Flag(portworx.ReadOnly)))),
        ("ScaleIO", ScaleIO(source.ScaleIO)),
        ("Local", source.Local is not { } local ? Null : ErrorValue.Object(("Path", Text(local.Path)), ("FSType", Text(local.FsType)))),
        ("StorageOS", StorageOS(source.Storageos)),
        ("CSI", Csi(source.Csi)));

    private static string Disk(string nameField, string name, string fsType, int partition, bool readOnly) => ErrorValue.Object(
        (nameField, Text(name)), ("FSType", Text(fsType)), ("Partition", ErrorValue.Json(partition)), ("ReadOnly", Flag(readOnly)));

    private static string Glusterfs(GlusterfsPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("EndpointsName", Text(source.Endpoints)),
        ("Path", Text(source.Path)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("EndpointsNamespace", Text(source.EndpointsNamespace)));

    private static string Rbd(RBDPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("CephMonitors", Texts(source.Monitors)),
        ("RBDImage", Text(source.Image)),
        ("FSType", Text(source.FsType)),
        ("RBDPool", Text(source.Pool)),
        ("RadosUser", Text(source.User)),
        ("Keyring", Text(source.Keyring)),
        ("SecretRef", Secret(source.SecretRef)),
        ("ReadOnly", Flag(source.ReadOnly)));

    private static string Quobyte(QuobyteVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("Registry", Text(source.Registry)),
        ("Volume", Text(source.Volume)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("User", Text(source.User)),
        ("Group", Text(source.Group)),
        ("Tenant", Text(source.Tenant)));

    private static string Iscsi(ISCSIPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("TargetPortal", Text(source.TargetPortal)),
        ("IQN", Text(source.Iqn)),
        ("Lun", ErrorValue.Json(source.Lun)),
        ("ISCSIInterface", Text(source.IscsiInterface)),
        ("FSType", Text(source.FsType)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("Portals", Texts(source.Portals)),
        ("DiscoveryCHAPAuth", Flag(source.ChapAuthDiscovery)),
        ("SessionCHAPAuth", Flag(source.ChapAuthSession)),
        ("SecretRef", Secret(source.SecretRef)),
        ("InitiatorName", Text(source.InitiatorName)));

    private static string Flex(FlexPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("Driver", Text(source.Driver)),
        ("FSType", Text(source.FsType)),
        ("SecretRef", Secret(source.SecretRef)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("Options", source.Options.IsAbsent ? Null : ErrorValue.Json(source.Options)));

    private static string CephFS(CephFSPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("Monitors", Texts(source.Monitors)),
        ("Path", Text(source.Path)),
        ("User", Text(source.User)),
        ("SecretFile", Text(source.SecretFile)),
        ("SecretRef", Secret(source.SecretRef)),
        ("ReadOnly", Flag(source.ReadOnly)));

    private static string Fc(FCVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("TargetWWNs", Texts(source.TargetWWNs)),
        ("Lun", ErrorValue.Json(source.Lun)),
        ("FSType", Text(source.FsType)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("WWIDs", Texts(source.Wwids)));

    private static string AzureDisk(AzureDiskVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("DiskName", Text(source.DiskName)),
        ("DataDiskURI", Text(source.DiskURI)),
        ("CachingMode", Text(source.CachingMode)),
        ("FSType", Text(source.FsType)),
        ("ReadOnly", source.ReadOnly is { } readOnly ? Flag(readOnly) : Null),
        ("Kind", Text(source.Kind)));

    private static string ScaleIO(ScaleIOPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("Gateway", Text(source.Gateway)),
        ("System", Text(source.System)),
        ("SecretRef", Secret(source.SecretRef)),
        ("SSLEnabled", Flag(source.SslEnabled)),
        ("ProtectionDomain", Text(source.ProtectionDomain)),
        ("StoragePool", Text(source.StoragePool)),
        ("StorageMode", Text(source.StorageMode)),
        ("VolumeName", Text(source.VolumeName)),
        ("FSType", Text(source.FsType)),
        ("ReadOnly", Flag(source.ReadOnly)));

    private static string StorageOS(StorageOSPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("VolumeName", Text(source.VolumeName)),
        ("VolumeNamespace", Text(source.VolumeNamespace)),
        ("FSType", Text(source.FsType)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("SecretRef", source.SecretRef is not { } secret ? Null : ErrorValue.Object(
            ("Kind", Text(secret.Kind)),
            ("Namespace", Text(secret.Namespace)),
            ("Name", Text(secret.Name)),
            ("UID", Text(secret.Uid)),
            ("APIVersion", Text(secret.ApiVersion)),
            ("ResourceVersion", Text(secret.ResourceVersion)),
            ("FieldPath", Text(secret.FieldPath)))));

    private static string Csi(CSIPersistentVolumeSource? source) => source is null ? Null : ErrorValue.Object(
        ("Driver", Text(source.Driver)),
        ("VolumeHandle", Text(source.VolumeHandle)),
        ("ReadOnly", Flag(source.ReadOnly)),
        ("FSType", Text(source.FsType)),
        ("VolumeAttributes", source.VolumeAttributes.IsAbsent ? Null : ErrorValue.Json(source.VolumeAttributes)),
        ("ControllerPublishSecretRef", Secret(source.ControllerPublishSecretRef)),
        ("NodeStageSecretRef", Secret(source.NodeStageSecretRef)),
        ("NodePublishSecretRef", Secret(source.NodePublishSecretRef)),
        ("ControllerExpandSecretRef", Secret(source.ControllerExpandSecretRef)),
        ("NodeExpandSecretRef", Secret(source.NodeExpandSecretRef)));

    private static string Text(string? text) => ErrorValue.Json(text);

    private static string Texts(ApiList<string> texts) => texts.IsAbsent ? Null : ErrorValue.Json(texts);

    private static string Flag(bool flag) => flag ? "true" : "false";

    private static string Secret(SecretReference? secret) => secret is null
        ? Null
        : ErrorValue.Object(("Name", Text(secret.Name)), ("Namespace", Text(secret.Namespace)));
}
