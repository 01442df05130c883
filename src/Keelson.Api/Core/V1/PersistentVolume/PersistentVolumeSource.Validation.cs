using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>Exactly one source, and that one complete.</summary>
internal static class PersistentVolumeSourceRules
{
    /// <summary>Validates the sources in upstream's order; a second one is refused without looking into it.</summary>
    public static void Validate(PersistentVolume obj, FieldPath path, FieldErrors errors)
    {
        PersistentVolumeSource source = obj.Spec.PersistentVolumeSource;
        (string Field, Action<FieldPath, FieldErrors>? Validate)[] sources =
        [
            ("hostPath", source.HostPath is { } hostPath ? hostPath.Validate : null),
            ("gcePersistentDisk", source.GcePersistentDisk is { } gce ? (_, all) => gce.Validate(path.Child("persistentDisk"), all) : null),
            ("awsElasticBlockStore", source.AwsElasticBlockStore is { } aws ? aws.Validate : null),
            ("glusterfs", source.Glusterfs is { } glusterfs ? glusterfs.Validate : null),
            ("flocker", source.Flocker is { } flocker ? flocker.Validate : null),
            ("nfs", source.Nfs is { } nfs ? nfs.Validate : null),
            ("rbd", source.Rbd is { } rbd ? rbd.Validate : null),
            ("quobyte", source.Quobyte is { } quobyte ? quobyte.Validate : null),
            ("cephFS", source.Cephfs is { } cephfs ? (_, all) => cephfs.Validate(path.Child("cephfs"), all) : null),
            ("iscsi", source.Iscsi is { } iscsi ? (at, all) => iscsi.Validate(obj.Metadata.Name, at, all) : null),
            ("cinder", source.Cinder is { } cinder ? cinder.Validate : null),
            ("fc", source.Fc is { } fc ? fc.Validate : null),
            ("flexVolume", source.FlexVolume is { } flex ? flex.Validate : null),
            ("azureFile", source.AzureFile is { } azureFile ? azureFile.Validate : null),
            ("vsphereVolume", source.VsphereVolume is { } vsphere ? (at, all) => all.RequireText(at, "volumePath", vsphere.VolumePath) : null),
            ("photonPersistentDisk", source.PhotonPersistentDisk is { } photon ? (at, all) => all.RequireText(at, "pdID", photon.PdID) : null),
            ("portworxVolume", source.PortworxVolume is { } portworx ? (at, all) => all.RequireText(at, "volumeID", portworx.VolumeID) : null),
            ("azureDisk", source.AzureDisk is { } azureDisk ? azureDisk.Validate : null),
            ("scaleIO", source.ScaleIO is { } scaleIO ? scaleIO.Validate : null),
            ("local", source.Local is { } local ? (at, all) => local.Validate(obj.Spec.NodeAffinity is not null, path, at, all) : null),
            ("storageos", source.Storageos is { } storageOS ? storageOS.Validate : null),
            ("csi", source.Csi is { } csi ? csi.Validate : null),
        ];
        int found = 0;
        foreach ((string field, Action<FieldPath, FieldErrors>? validate) in sources)
        {
            if (validate is null)
            {
                continue;
            }

            // A flex volume is let through after another one; nobody has ever noticed.
            if (found > 0 && field != "flexVolume")
            {
                errors.Forbidden(path.Child(field), "may not specify more than 1 volume type");
                continue;
            }

            found++;
            validate(path.Child(field), errors);
        }

        if (found == 0)
        {
            errors.Required(path, "must specify a volume type");
        }
    }

    /// <summary>A secret that has to be named with its namespace.</summary>
    public static void RequireNames(SecretReference secret, FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "name", secret.Name);
        errors.RequireText(path, "namespace", secret.Namespace);
    }
}
