using Keelson.Api.Core.V1;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>
/// Volumes that show objects of the API as files: configMap, secret, downwardAPI, projected. All but configMap lie in
/// memory, so that what is secret never reaches a disk.
/// </summary>
internal sealed class ContentPlugin : IVolumePlugin
{
    private static readonly EmptyDirVolumeSource InMemory = new() { Medium = StorageMedium.Memory };
    private static readonly EmptyDirVolumeSource OnDisk = new();

    private readonly Func<VolumeSource, bool> _handles;
    private readonly VolumePaths _paths;
    private readonly ScratchDirectories _directories;
    private readonly VolumeContents _contents;
    private readonly TimeProvider _clock;

    private ContentPlugin(string name, Func<VolumeSource, bool> handles, ContentPluginParts parts)
    {
        Name = name;
        _handles = handles;
        (_paths, _directories, _contents, _clock) = parts;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRepeated(PodVolume volume) => true;

    /// <summary>A plugin for each of these types.</summary>
    public static IEnumerable<IVolumePlugin> All(ContentPluginParts parts) =>
    [
        new ContentPlugin("kubernetes.io/configmap", static source => source.ConfigMap is not null, parts),
        new ContentPlugin("kubernetes.io/secret", static source => source.Secret is not null, parts),
        new ContentPlugin("kubernetes.io/downward-api", static source => source.DownwardAPI is not null, parts),
        new ContentPlugin("kubernetes.io/projected", static source => source.Projected is not null, parts),
    ];

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => _handles(volume.Source);

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => _paths.Volume(volume.Pod.Metadata.Uid, Name, volume.SpecName);

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => true;

    /// <inheritdoc/>
    public async Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        VolumeContent content = await _contents.OfAsync(volume, cancellationToken);
        if (content.Error is not null)
        {
            return content.Error;
        }

        string directory = PathOf(volume);
        EmptyDirVolumeSource medium = volume.Source.ConfigMap is null ? InMemory : OnDisk;
        if (await _directories.MakeAsync(volume.Pod, medium, directory, cancellationToken) is { } error)
        {
            return error;
        }

        NestedMountPoints.Make(volume.Name, directory, volume.Pod);
        return new ContentDirectory(directory, _clock).Show(
            content.Files, written => FileOwnership.GiveToGroup(written, volume.FsGroup, isReadOnly: true));
    }
}

/// <summary>What plugins of content work with.</summary>
/// <param name="Paths">Where volumes are.</param>
/// <param name="Directories">Makes their directories.</param>
/// <param name="Contents">Works out what is in them.</param>
/// <param name="Clock">The clock.</param>
internal sealed record ContentPluginParts(
    VolumePaths Paths, ScratchDirectories Directories, VolumeContents Contents, TimeProvider Clock);
