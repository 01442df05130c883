namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>image: the content of a container image. The runtime mounts it; here is nothing to do.</summary>
internal sealed class ImagePlugin(VolumePaths paths) : IVolumePlugin
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
}
