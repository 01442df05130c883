using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>The annotations by which those who look after storage tell each other what they did.</summary>
internal static class StorageNotes
{
    /// <summary>On claims: binding went through to the end at least once.</summary>
    public const string BindCompleted = "pv.kubernetes.io/bind-completed";

    /// <summary>On claims and volumes: the partner was chosen by a controller, not by a user.</summary>
    public const string BoundByController = "pv.kubernetes.io/bound-by-controller";

    /// <summary>On volumes: who provisioned it.</summary>
    public const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";

    /// <summary>Which CSI driver stands in for a plugin that was once part of Kubernetes.</summary>
    public const string MigratedTo = "pv.kubernetes.io/migrated-to";

    /// <summary>On claims: who is to provision a volume.</summary>
    public const string Provisioner = "volume.kubernetes.io/storage-provisioner";

    /// <summary>The former name of <see cref="Provisioner"/>, which is still written.</summary>
    public const string BetaProvisioner = "volume.beta.kubernetes.io/storage-provisioner";

    /// <summary>On claims: the node that the scheduler chose for the first pod.</summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    private const string BetaClass = "volume.beta.kubernetes.io/storage-class";

    /// <summary>Plugins that have become CSI drivers.</summary>
    private static readonly Dictionary<string, string> Migrated = new(StringComparer.Ordinal)
    {
        ["kubernetes.io/aws-ebs"] = "ebs.csi.aws.com",
        ["kubernetes.io/azure-disk"] = "disk.csi.azure.com",
        ["kubernetes.io/azure-file"] = "file.csi.azure.com",
        ["kubernetes.io/cinder"] = "cinder.csi.openstack.org",
        ["kubernetes.io/gce-pd"] = "pd.csi.storage.gke.io",
        ["kubernetes.io/portworx-volume"] = "pxd.portworx.com",
        ["kubernetes.io/vsphere-volume"] = "csi.vsphere.vmware.com",
    };

    /// <summary>The class that a claim asks for; empty for none.</summary>
    public static string ClassOf(PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations.GetValueOrDefault(BetaClass) ?? claim.Spec.StorageClassName ?? "";

    /// <summary>True when a claim says something about its class, be it that it wants none.</summary>
    public static bool NamesClass(PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations.ContainsKey(BetaClass) || claim.Spec.StorageClassName is not null;

    /// <summary>The class of a volume; empty for none.</summary>
    public static string ClassOf(PersistentVolume volume) =>
        volume.Metadata.Annotations.GetValueOrDefault(BetaClass) ?? volume.Spec.StorageClassName;

    /// <summary>The CSI driver that stands in for a plugin; null for plugins that nobody stands in for.</summary>
    public static string? DriverFor(string plugin) => Migrated.GetValueOrDefault(plugin);

    /// <summary>The annotations with <see cref="MigratedTo"/> as it follows from who provisioned.</summary>
    public static ApiMap<string> WithMigration(ApiMap<string> annotations, string? provisioner)
    {
        if (provisioner is null)
        {
            return annotations;
        }

        string? driver = DriverFor(provisioner);
        return driver == annotations.GetValueOrDefault(MigratedTo)
            ? annotations
            : driver is null ? annotations.Without(MigratedTo) : annotations.With(MigratedTo, driver);
    }
}
