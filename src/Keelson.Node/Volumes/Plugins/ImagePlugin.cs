using Keelson.Nodes.Images;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>
/// image: the content of a container image. The runtime mounts it, so that here is nothing to do; for those that can't,
/// <see cref="ImageSnapshots"/> does.
/// </summary>
internal sealed class ImagePlugin(VolumePaths paths, ImageSnapshots? snapshots) : IVolumePlugin
{
    /// <inheritdoc/>
    public string Name => "kubernetes.io/image";

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => volume.Source.Image is not null;

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => paths.Volume(volume.Pod.Metadata.Uid, Name, volume.SpecName);

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => true;

    /// <inheritdoc/>
    public Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    /// <summary>Brings the content in place once the image is here, where the runtime does not.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="isPart">True when a part of it is mounted.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null, or why it is not there.</returns>
    public Task<string?> PlaceAsync(PodVolume volume, bool isPart, CancellationToken cancellationToken) =>
        snapshots is null || (snapshots.IsForPartsOnly && !isPart)
            ? Task.FromResult<string?>(null)
            : snapshots.MountAsync(
                volume.Pod.Metadata.Uid, volume.Source.Image!.Reference, PathOf(volume), cancellationToken);

    /// <inheritdoc/>
    public Task<string?> TearDownAsync(string podUid, string directory, CancellationToken cancellationToken) =>
        snapshots is null
            ? Task.FromResult<string?>(null)
            : snapshots.ReleaseAsync(podUid, directory, cancellationToken);
}
