using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Storage backend of a volume. Exactly one field must be set.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeSource")]
public sealed partial record PersistentVolumeSource
{
    /// <summary>
    /// Deprecated: disk of Google Compute Engine, handled by the CSI driver pd.csi.storage.gke.io.
    /// </summary>
    [Field(1)]
    public partial GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    /// <summary>Deprecated: disk of AWS, handled by the CSI driver ebs.csi.aws.com.</summary>
    [Field(2)]
    public partial AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    /// <summary>Directory of a node. For tests on a single node only; use local instead.</summary>
    [Field(3)]
    public partial HostPathVolumeSource? HostPath { get; init; }

    /// <summary>Deprecated: GlusterFS volume, no longer supported.</summary>
    [Field(4)]
    public partial GlusterfsPersistentVolumeSource? Glusterfs { get; init; }

    /// <summary>Directory of an NFS server.</summary>
    [Field(5)]
    public partial NFSVolumeSource? Nfs { get; init; }

    /// <summary>Deprecated: Ceph block device, no longer supported.</summary>
    [Field(6)]
    public partial RBDPersistentVolumeSource? Rbd { get; init; }

    /// <summary>Block device of an iSCSI target.</summary>
    [Field(7)]
    public partial ISCSIPersistentVolumeSource? Iscsi { get; init; }

    /// <summary>Deprecated: OpenStack volume, handled by the CSI driver cinder.csi.openstack.org.</summary>
    [Field(8)]
    public partial CinderPersistentVolumeSource? Cinder { get; init; }

    /// <summary>Deprecated: Ceph file system, no longer supported.</summary>
    [Field(9)]
    public partial CephFSPersistentVolumeSource? Cephfs { get; init; }

    /// <summary>Device on a Fibre Channel network.</summary>
    [Field(10)]
    public partial FCVolumeSource? Fc { get; init; }

    /// <summary>Deprecated: Flocker volume, no longer supported.</summary>
    [Field(11)]
    public partial FlockerVolumeSource? Flocker { get; init; }

    /// <summary>Deprecated: volume handled by an executable on the node; use CSI.</summary>
    [Field(12)]
    public partial FlexPersistentVolumeSource? FlexVolume { get; init; }

    /// <summary>Deprecated: Azure file share, handled by the CSI driver file.csi.azure.com.</summary>
    [Field(13)]
    public partial AzureFilePersistentVolumeSource? AzureFile { get; init; }

    /// <summary>Deprecated: vSphere disk, handled by the CSI driver csi.vsphere.vmware.com.</summary>
    [Field(14)]
    public partial VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    /// <summary>Deprecated: Quobyte volume, no longer supported.</summary>
    [Field(15)]
    public partial QuobyteVolumeSource? Quobyte { get; init; }

    /// <summary>Deprecated: Azure disk, handled by the CSI driver disk.csi.azure.com.</summary>
    [Field(16)]
    public partial AzureDiskVolumeSource? AzureDisk { get; init; }

    /// <summary>Deprecated: Photon disk, no longer supported.</summary>
    [Field(17)]
    public partial PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    /// <summary>Deprecated: Portworx volume, handled by the CSI driver pxd.portworx.com.</summary>
    [Field(18)]
    public partial PortworxVolumeSource? PortworxVolume { get; init; }

    /// <summary>Deprecated: ScaleIO volume, no longer supported.</summary>
    [Field(19)]
    public partial ScaleIOPersistentVolumeSource? ScaleIO { get; init; }

    /// <summary>Disk or directory that is attached to one node. Needs nodeAffinity.</summary>
    [Field(20)]
    public partial LocalVolumeSource? Local { get; init; }

    /// <summary>Deprecated: StorageOS volume, no longer supported.</summary>
    [Field(21)]
    public partial StorageOSPersistentVolumeSource? Storageos { get; init; }

    /// <summary>Volume of a CSI driver.</summary>
    [Field(22)]
    public partial CSIPersistentVolumeSource? Csi { get; init; }
}
