using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>emptyDir: room that lives as long as the pod.</summary>
internal sealed class EmptyDirPlugin(VolumePaths paths, ScratchDirectories directories) : IVolumePlugin
{
    /// <inheritdoc/>
    public string Name => "kubernetes.io/empty-dir";

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => volume.Source.EmptyDir is not null;

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => paths.Volume(volume.Pod.Metadata.Uid, Name, volume.SpecName);

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => false;

    /// <inheritdoc/>
    public async Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        string directory = PathOf(volume);
        if (await directories.MakeAsync(volume.Pod, volume.Source.EmptyDir!, directory, cancellationToken) is { } error)
        {
            return error;
        }

        NestedMountPoints.Make(volume.Name, directory, volume.Pod);
        FileOwnership.GiveToGroup(directory, volume.FsGroup, isReadOnly: false);
        return null;
    }
}
