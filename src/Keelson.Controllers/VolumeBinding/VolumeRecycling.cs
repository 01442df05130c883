using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>What comes next of emptying a volume so that it can be used again.</summary>
/// <param name="Create">The pod that empties it; null when there is one.</param>
/// <param name="Delete">The pod that has done its work, or could not.</param>
/// <param name="IsDone">True when the volume is empty.</param>
/// <param name="Problem">Why it could not be emptied; null when it may yet be.</param>
internal sealed record VolumeRecycling(Pod? Create, Pod? Delete, bool IsDone, string? Problem)
{
    /// <summary>Where the pods run.</summary>
    public const string Namespace = "default";

    private const string Prefix = "recycler-for-";
    private const string Image = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.6";
    private const string Script =
        "test -e /scrub && find /scrub -mindepth 1 -delete && test -z \"$(ls -A /scrub)\" || exit 1";

    /// <summary>Upstream's <c>--pv-recycler-minimum-timeout-hostpath</c>.</summary>
    private const long HostPathSecondsMin = 60;

    /// <summary>Upstream's <c>--pv-recycler-minimum-timeout-nfs</c>.</summary>
    private const long NfsSecondsMin = 300;

    /// <summary>Upstream's <c>--pv-recycler-timeout-increment-hostpath</c> and <c>-increment-timeout-nfs</c>.</summary>
    private const long SecondsPerGibibyte = 30;

    private const long Gibibyte = 1L << 30;

    /// <summary>True when volumes of this type can be emptied by a pod.</summary>
    public static bool IsPossible(PersistentVolume volume) =>
        volume.Spec.PersistentVolumeSource is { HostPath: not null } or { Nfs: not null };

    /// <summary>The name of a volume's pod.</summary>
    public static string PodNameOf(PersistentVolume volume) => Prefix + volume.Metadata.Name;

    /// <summary>The volume that a pod empties; null for other pods.</summary>
    public static string? VolumeOf(Pod pod) =>
        pod.Metadata.Namespace == Namespace && pod.Metadata.Name.StartsWith(Prefix, StringComparison.Ordinal)
            ? pod.Metadata.Name[Prefix.Length..]
            : null;

    /// <summary>Decides by the pod as it is now.</summary>
    public static VolumeRecycling Next(PersistentVolume volume, Pod? pod) => pod switch
    {
        null => new(PodFor(volume), null, false, null),
        { Metadata.DeletionTimestamp: not null } => new(null, null, false, null),
        { Status.Phase: PodPhase.Succeeded } => new(null, pod, true, null),
        { Status.Phase: PodPhase.Failed } => new(null, pod, false, pod.Status.Message is { Length: > 0 } message
            ? message : "pod failed, pod.Status.Message unknown"),
        _ => new(null, null, false, null),
    };

    private static Pod PodFor(PersistentVolume volume) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = PodNameOf(volume), Namespace = Namespace },
        Spec = PodSpec.Empty with
        {
            ActiveDeadlineSeconds = SecondsFor(volume),
            RestartPolicy = "Never",
            Volumes = [new Volume { Name = "vol", VolumeSource = SourceOf(volume.Spec.PersistentVolumeSource) }],
            Containers =
            [
                new Container
                {
                    Name = "pv-recycler",
                    Image = Image,
                    Command = ["/bin/sh"],
                    Args = ["-c", Script],
                    VolumeMounts = [new VolumeMount { Name = "vol", MountPath = "/scrub" }],
                },
            ],
        },
    };

    private static VolumeSource SourceOf(PersistentVolumeSource source) => source.HostPath is { } path
        ? VolumeSource.Empty with { HostPath = new HostPathVolumeSource { Path = path.Path } }
        : VolumeSource.Empty with { Nfs = source.Nfs };

    /// <summary>The larger it is, the longer it may take.</summary>
    private static long SecondsFor(PersistentVolume volume)
    {
        long size = volume.Spec.Capacity.GetValueOrDefault("storage").Value / Gibibyte;
        long least = volume.Spec.PersistentVolumeSource.Nfs is null ? HostPathSecondsMin : NfsSecondsMin;
        return Math.Max(least, size * SecondsPerGibibyte);
    }
}
