using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>One of the sources a volume can have, in the order in which upstream looks for them.</summary>
/// <param name="Name">The path segment in errors; mostly the field's name.</param>
/// <param name="IsUsed">True when the volume has this source.</param>
/// <param name="Validate">Checks the source.</param>
internal sealed record VolumeType(
    string Name, Func<VolumeSource, bool> IsUsed, Action<VolumeSource, FieldPath, PodScope> Validate)
{
    /// <summary>The path segment in the error about a second source, where upstream spells it in another way.</summary>
    public string NameWhenForbidden { get; init; } = Name;

    /// <summary>All types of volumes.</summary>
    public static VolumeType[] All { get; } =
    [
        new(
            "emptyDir", one => one.EmptyDir is not null,
            (one, path, scope) => one.EmptyDir!.Validate(path, scope.Errors)),
        new(
            "hostPath", one => one.HostPath is not null,
            (one, path, scope) => one.HostPath!.Validate(path, scope.Errors)),
        new("gitRepo", one => one.GitRepo is not null, (one, path, scope) => one.GitRepo!.Validate(path, scope.Errors)),
        new(
            "persistentDisk", one => one.GcePersistentDisk is not null,
            (one, path, scope) => one.GcePersistentDisk!.Validate(path, scope.Errors))
        {
            NameWhenForbidden = "gcePersistentDisk",
        },
        new(
            "awsElasticBlockStore", one => one.AwsElasticBlockStore is not null,
            (one, path, scope) => one.AwsElasticBlockStore!.Validate(path, scope.Errors)),
        new("secret", one => one.Secret is not null, (one, path, scope) => one.Secret!.Validate(path, scope.Errors)),
        new("nfs", one => one.Nfs is not null, (one, path, scope) => one.Nfs!.Validate(path, scope.Errors)),
        new("iscsi", one => one.Iscsi is not null, (one, path, scope) => one.Iscsi!.Validate(path, scope.Errors)),
        new(
            "glusterfs", one => one.Glusterfs is not null,
            (one, path, scope) => one.Glusterfs!.Validate(path, scope.Errors)),
        new("flocker", one => one.Flocker is not null, (one, path, scope) => one.Flocker!.Validate(path, scope.Errors)),
        new(
            "persistentVolumeClaim",
            one => one.PersistentVolumeClaim is not null,
            (one, path, scope) => scope.Errors.RequireText(path, "claimName", one.PersistentVolumeClaim!.ClaimName)),
        new("rbd", one => one.Rbd is not null, (one, path, scope) => one.Rbd!.Validate(path, scope.Errors)),
        new("cinder", one => one.Cinder is not null, (one, path, scope) => one.Cinder!.Validate(path, scope.Errors)),
        new("cephfs", one => one.Cephfs is not null, (one, path, scope) => one.Cephfs!.Validate(path, scope.Errors))
        {
            NameWhenForbidden = "cephFS",
        },
        new("quobyte", one => one.Quobyte is not null, (one, path, scope) => one.Quobyte!.Validate(path, scope.Errors)),
        new(
            "downwardAPI", one => one.DownwardAPI is not null,
            (one, path, scope) => one.DownwardAPI!.Validate(path, scope.Errors))
        {
            NameWhenForbidden = "downwarAPI",
        },
        new("fc", one => one.Fc is not null, (one, path, scope) => one.Fc!.Validate(path, scope.Errors)),
        new(
            "flexVolume", one => one.FlexVolume is not null,
            (one, path, scope) => one.FlexVolume!.Validate(path, scope.Errors)),
        new(
            "configMap", one => one.ConfigMap is not null,
            (one, path, scope) => one.ConfigMap!.Validate(path, scope.Errors)),
        new(
            "azureFile", one => one.AzureFile is not null,
            (one, path, scope) => one.AzureFile!.Validate(path, scope.Errors)),
        new(
            "vsphereVolume",
            one => one.VsphereVolume is not null,
            (one, path, scope) => scope.Errors.RequireText(path, "volumePath", one.VsphereVolume!.VolumePath)),
        new(
            "photonPersistentDisk",
            one => one.PhotonPersistentDisk is not null,
            (one, path, scope) => scope.Errors.RequireText(path, "pdID", one.PhotonPersistentDisk!.PdID)),
        new(
            "portworxVolume",
            one => one.PortworxVolume is not null,
            (one, path, scope) => scope.Errors.RequireText(path, "volumeID", one.PortworxVolume!.VolumeID)),
        new(
            "azureDisk", one => one.AzureDisk is not null,
            (one, path, scope) => one.AzureDisk!.Validate(path, scope.Errors)),
        new(
            "storageos", one => one.Storageos is not null,
            (one, path, scope) => one.Storageos!.Validate(path, scope.Errors)),
        new("projected", one => one.Projected is not null, (one, path, scope) => one.Projected!.Validate(path, scope)),
        new("scaleIO", one => one.ScaleIO is not null, (one, path, scope) => one.ScaleIO!.Validate(path, scope.Errors)),
        new("csi", one => one.Csi is not null, (one, path, scope) => one.Csi!.Validate(path, scope.Errors)),
        new(
            "ephemeral", one => one.Ephemeral is not null,
            (one, path, scope) => one.Ephemeral!.Validate(path, scope.Errors)),
        new("image", one => one.Image is not null, (one, path, scope) => one.Image!.Validate(path, scope.Errors)),
    ];
}
