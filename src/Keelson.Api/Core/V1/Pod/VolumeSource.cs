using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Kind of a volume. Exactly one field must be set.</summary>
[ApiType("io.k8s.api.core.v1.VolumeSource")]
public sealed partial record VolumeSource
{
    /// <summary>
    /// File or directory of the node. Gives access to the host and should be restricted to system pods.
    /// </summary>
    [Field(1)]
    public partial HostPathVolumeSource? HostPath { get; init; }

    /// <summary>Scratch space that lives as long as the pod stays on its node.</summary>
    [Field(2)]
    public partial EmptyDirVolumeSource? EmptyDir { get; init; }

    /// <summary>
    /// Deprecated: disk of Google Compute Engine, handled by the CSI driver pd.csi.storage.gke.io.
    /// </summary>
    [Field(3)]
    public partial GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    /// <summary>Deprecated: disk of AWS, handled by the CSI driver ebs.csi.aws.com.</summary>
    [Field(4)]
    public partial AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    /// <summary>
    /// Deprecated and disabled: checkout of a git repository. Use an init container and an emptyDir instead.
    /// </summary>
    [Field(5)]
    public partial GitRepoVolumeSource? GitRepo { get; init; }

    /// <summary>Entries of a Secret as files.</summary>
    [Field(6)]
    public partial SecretVolumeSource? Secret { get; init; }

    /// <summary>Directory of an NFS server.</summary>
    [Field(7)]
    public partial NFSVolumeSource? Nfs { get; init; }

    /// <summary>Block device of an iSCSI target.</summary>
    [Field(8)]
    public partial ISCSIVolumeSource? Iscsi { get; init; }

    /// <summary>Deprecated: GlusterFS volume, no longer supported.</summary>
    [Field(9)]
    public partial GlusterfsVolumeSource? Glusterfs { get; init; }

    /// <summary>Storage behind a PersistentVolumeClaim in the namespace of the pod.</summary>
    [Field(10)]
    public partial PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }

    /// <summary>Deprecated: Ceph block device, no longer supported.</summary>
    [Field(11)]
    public partial RBDVolumeSource? Rbd { get; init; }

    /// <summary>Deprecated: volume handled by an executable on the node; use CSI.</summary>
    [Field(12)]
    public partial FlexVolumeSource? FlexVolume { get; init; }

    /// <summary>Deprecated: OpenStack volume, handled by the CSI driver cinder.csi.openstack.org.</summary>
    [Field(13)]
    public partial CinderVolumeSource? Cinder { get; init; }

    /// <summary>Deprecated: Ceph file system, no longer supported.</summary>
    [Field(14)]
    public partial CephFSVolumeSource? Cephfs { get; init; }

    /// <summary>Deprecated: Flocker volume, no longer supported.</summary>
    [Field(15)]
    public partial FlockerVolumeSource? Flocker { get; init; }

    /// <summary>Fields and resources of the pod itself as files.</summary>
    [Field(16)]
    public partial DownwardAPIVolumeSource? DownwardAPI { get; init; }

    /// <summary>Device on a Fibre Channel network.</summary>
    [Field(17)]
    public partial FCVolumeSource? Fc { get; init; }

    /// <summary>Deprecated: Azure file share, handled by the CSI driver file.csi.azure.com.</summary>
    [Field(18)]
    public partial AzureFileVolumeSource? AzureFile { get; init; }

    /// <summary>Entries of a ConfigMap as files.</summary>
    [Field(19)]
    public partial ConfigMapVolumeSource? ConfigMap { get; init; }

    /// <summary>Deprecated: vSphere disk, handled by the CSI driver csi.vsphere.vmware.com.</summary>
    [Field(20)]
    public partial VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    /// <summary>Deprecated: Quobyte volume, no longer supported.</summary>
    [Field(21)]
    public partial QuobyteVolumeSource? Quobyte { get; init; }

    /// <summary>Deprecated: Azure disk, handled by the CSI driver disk.csi.azure.com.</summary>
    [Field(22)]
    public partial AzureDiskVolumeSource? AzureDisk { get; init; }

    /// <summary>Deprecated: Photon disk, no longer supported.</summary>
    [Field(23)]
    public partial PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    /// <summary>
    /// Several sources (secrets, config maps, downward API, tokens, certificates) combined into one directory.
    /// </summary>
    [Field(26)]
    public partial ProjectedVolumeSource? Projected { get; init; }

    /// <summary>Deprecated: Portworx volume, handled by the CSI driver pxd.portworx.com.</summary>
    [Field(24)]
    public partial PortworxVolumeSource? PortworxVolume { get; init; }

    /// <summary>Deprecated: ScaleIO volume, no longer supported.</summary>
    [Field(25)]
    public partial ScaleIOVolumeSource? ScaleIO { get; init; }

    /// <summary>Deprecated: StorageOS volume, no longer supported.</summary>
    [Field(27)]
    public partial StorageOSVolumeSource? Storageos { get; init; }

    /// <summary>
    /// Inline volume of a CSI driver that supports the ephemeral mode. It lives as long as the pod.
    /// </summary>
    [Field(28)]
    public partial CSIVolumeSource? Csi { get; init; }

    /// <summary>
    /// Storage from a claim that is created for this pod and deleted with it. Suited for scratch space that needs
    /// features of a storage class, such as snapshots or capacity tracking.
    /// </summary>
    [Field(29)]
    public partial EphemeralVolumeSource? Ephemeral { get; init; }

    /// <summary>Content of an OCI image or artifact, mounted read only.</summary>
    [Field(30)]
    public partial ImageVolumeSource? Image { get; init; }
}
