using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Storage.V1;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;

namespace Keelson.Controllers.VolumeAttachments;

/// <summary>A volume that pods of a node need there.</summary>
/// <param name="Volume">The volume; its source is a CSI driver's.</param>
/// <param name="Pods">The pods.</param>
internal sealed record NeededVolume(PersistentVolume Volume, IReadOnlyList<Pod> Pods);

/// <summary>Which volumes are attached to nodes, and what they are called then.</summary>
internal static class AttachableVolumes
{
    private const string CsiPrefix = "kubernetes.io/csi/";

    /// <summary>The volumes that pods need, each once, by name.</summary>
    /// <param name="pods">The pods of a node.</param>
    /// <param name="claim">A claim by namespace and name.</param>
    /// <param name="volume">A volume by name.</param>
    /// <param name="driver">A driver by name.</param>
    public static IReadOnlyList<NeededVolume> Needed(
        IEnumerable<Pod> pods,
        Func<string, string, PersistentVolumeClaim?> claim,
        Func<string, PersistentVolume?> volume,
        Func<string, CSIDriver?> driver)
    {
        SortedDictionary<string, (PersistentVolume Volume, List<Pod> Pods)> needed = new(StringComparer.Ordinal);
        foreach (Pod pod in pods.Where(IsUsing).OrderBy(static one => one.Metadata.Name, StringComparer.Ordinal))
        {
            foreach (Volume one in pod.Spec.Volumes.AsEnumerable())
            {
                if (VolumeOf(pod, one, claim, volume) is { Spec.PersistentVolumeSource.Csi: { } source } found
                    && driver(source.Driver)?.Spec.AttachRequired != false)
                {
                    needed.TryAdd(found.Metadata.Name, (found, []));
                    needed[found.Metadata.Name].Pods.Add(pod);
                }
            }
        }

        return [.. needed.Values.Select(static one => new NeededVolume(one.Volume, one.Pods))];
    }

    /// <summary>A volume's name as nodes report it.</summary>
    public static string UniqueName(CSIPersistentVolumeSource source) =>
        CsiPrefix + source.Driver + "^" + source.VolumeHandle;

    /// <summary>How the names of a driver's volumes begin.</summary>
    public static string UniquePrefix(string driver) => CsiPrefix + driver + "^";

    /// <summary>The attachment's name, which follows from what is attached where.</summary>
    public static string AttachmentName(CSIPersistentVolumeSource source, string node) =>
        "csi-" + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(source.VolumeHandle + source.Driver + node)));

    /// <summary>True for a name of that form.</summary>
    public static bool IsAttachmentName(string name) =>
        name.Length == 4 + (2 * SHA256.HashSizeInBytes)
        && name.StartsWith("csi-", StringComparison.Ordinal)
        && name.AsSpan(4).IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>True when a volume may be attached to one node only.</summary>
    public static bool IsExclusive(PersistentVolume volume) =>
        volume.Spec.AccessModes.Count > 0
        && !volume.Spec.AccessModes.Contains(PersistentVolumeAccessMode.ReadWriteMany)
        && !volume.Spec.AccessModes.Contains(PersistentVolumeAccessMode.ReadOnlyMany);

    /// <summary>True until a pod has ended, or goes away and nothing of it runs.</summary>
    private static bool IsUsing(Pod pod)
    {
        if (PodFacts.IsEnded(pod) || pod.Spec.NodeName.Length == 0)
        {
            return false;
        }

        return pod.Metadata.DeletionTimestamp is null || pod.Status.ContainerStatuses.Any(IsRunning);
    }

    private static bool IsRunning(ContainerStatus status) =>
        status.State.Terminated is null && status.State.Waiting is null;

    private static PersistentVolume? VolumeOf(
        Pod pod, Volume one, Func<string, string, PersistentVolumeClaim?> claim, Func<string, PersistentVolume?> volume)
    {
        bool isItsOwn = one.VolumeSource.Ephemeral is not null;
        string? name = isItsOwn
            ? pod.Metadata.Name + "-" + one.Name
            : one.VolumeSource.PersistentVolumeClaim?.ClaimName;
        if (name is null
            || claim(pod.Metadata.Namespace, name) is not { Status.Phase: PersistentVolumeClaimPhase.Bound } found
            || (isItsOwn && !Owner.IsControlledBy(found, pod.Metadata.Uid)))
        {
            return null;
        }

        return volume(found.Spec.VolumeName) is { } bound && bound.Spec.ClaimRef?.Uid == found.Metadata.Uid
            ? bound
            : null;
    }
}
