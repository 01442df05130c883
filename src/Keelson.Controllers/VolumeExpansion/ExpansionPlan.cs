using Keelson.Api.Core.V1;
using Keelson.Controllers.VolumeBinding;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeExpansion;

/// <summary>
/// Who makes a volume larger. All volumes are resized from outside; those of plugins that became drivers are handed
/// over by an annotation on their claim.
/// </summary>
/// <param name="Resizer">The driver that the claim is handed to; null when it sees the claim anyhow.</param>
/// <param name="Message">What to tell of the claim.</param>
internal sealed record ExpansionPlan(string? Resizer, string Message)
{
    /// <summary>On claims: the driver that is to resize.</summary>
    public const string ResizerNote = "volume.kubernetes.io/storage-resizer";

    /// <summary>On volumes: the size before a resize that has not come to its end.</summary>
    private const string SizeBefore = "volume.alpha.kubernetes.io/pre-resize-capacity";

    /// <summary>Decides; null when there is nothing to do.</summary>
    public static ExpansionPlan? Compute(PersistentVolumeClaim claim, PersistentVolume? volume)
    {
        if (claim.Status.Phase != PersistentVolumeClaimPhase.Bound
            || volume?.Spec.ClaimRef is not { } to
            || to.Namespace != claim.Metadata.Namespace
            || to.Uid != claim.Metadata.Uid)
        {
            return null;
        }

        Quantity wanted = claim.Spec.Resources.Requests.GetValueOrDefault("storage");
        if (wanted <= claim.Status.Capacity.GetValueOrDefault("storage")
            && !volume.Metadata.Annotations.ContainsKey(SizeBefore))
        {
            return null;
        }

        if (PluginOf(volume.Spec.PersistentVolumeSource) is not { } plugin)
        {
            return new(null, "waiting for an external controller to expand this PVC");
        }

        return new(
            StorageNotes.DriverFor(plugin),
            $"CSI migration enabled for {plugin}; waiting for external resizer to expand the pvc");
    }

    /// <summary>The plugin of a volume that was once part of Kubernetes and has a driver in its place.</summary>
    private static string? PluginOf(PersistentVolumeSource source) =>
        source.AwsElasticBlockStore is not null ? "kubernetes.io/aws-ebs"
        : source.AzureDisk is not null ? "kubernetes.io/azure-disk"
        : source.AzureFile is not null ? "kubernetes.io/azure-file"
        : source.Cinder is not null ? "kubernetes.io/cinder"
        : source.GcePersistentDisk is not null ? "kubernetes.io/gce-pd"
        : source.PortworxVolume is not null ? "kubernetes.io/portworx-volume"
        : source.VsphereVolume is not null ? "kubernetes.io/vsphere-volume"
        : null;
}
