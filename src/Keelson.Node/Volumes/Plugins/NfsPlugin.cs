using Keelson.Api.Core.V1;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>nfs: a directory of a file server, mounted by the machine's mount.nfs.</summary>
internal sealed class NfsPlugin(VolumePaths paths, IMounts mounts) : IVolumePlugin
{
    /// <inheritdoc/>
    public string Name => "kubernetes.io/nfs";

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => SourceOf(volume) is not null;

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => paths.Volume(volume.Pod.Metadata.Uid, Name, volume.SpecName);

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => volume.IsClaimReadOnly || SourceOf(volume)!.ReadOnly;

    /// <inheritdoc/>
    public Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        string target = PathOf(volume);
        if (mounts.List().Any(one => one.Path == target))
        {
            return Task.FromResult<string?>(null);
        }

        NFSVolumeSource source = SourceOf(volume)!;
        string server = source.Server.Contains(':', StringComparison.Ordinal) && source.Server[0] != '['
            ? "[" + source.Server + "]"
            : source.Server;
        List<string> options = IsReadOnly(volume) ? ["ro"] : [];
        options.AddRange(volume.Persistent?.Spec.MountOptions ?? []);
        Directory.CreateDirectory(target);
        return Task.Run<string?>(
            () =>
            {
                try
                {
                    mounts.Mount(new(server + ":" + source.Path, target, "nfs") { Options = options });
                    return null;
                }
                catch (IOException exception)
                {
                    LinuxCalls.RemoveDirectory(target);
                    return exception.Message;
                }
            },
            cancellationToken);
    }

    private static NFSVolumeSource? SourceOf(PodVolume volume) =>
        volume.Persistent is { } persistent ? persistent.Spec.PersistentVolumeSource.Nfs : volume.Source.Nfs;
}
