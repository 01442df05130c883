using Keelson.Api.Core.V1;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Provisioner;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>local: a directory or disk of this machine behind a persistent volume.</summary>
internal sealed class LocalPlugin(VolumePaths paths, VolumesConfig config) : IVolumePlugin
{
    private const string DefaultFilesystem = "ext4";

    /// <inheritdoc/>
    public string Name => "kubernetes.io/local-volume";

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => SourceOf(volume) is not null;

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => volume.IsBlock
        ? SourceOf(volume)!.Path
        : paths.Volume(volume.Pod.Metadata.Uid, Name, volume.SpecName);

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => volume.IsClaimReadOnly;

    /// <inheritdoc/>
    public async Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        LocalVolumeSource source = SourceOf(volume)!;
        if (source.Path.Split('/').Contains(".."))
        {
            return $"invalid path: {source.Path} must not contain '..'";
        }

        if (Path.GetDirectoryName(source.Path) == paths.LocalStorage && !volume.IsBlock)
        {
            // The node's own: made here if the pod is faster than who sees to directories.
            LocalDirectories.Make(source.Path);
        }

        if (FileFacts.Of(source.Path) is not { } facts)
        {
            return $"path \"{source.Path}\" does not exist";
        }

        if (volume.IsBlock)
        {
            return facts.Type == FileType.BlockDevice ? null : $"path \"{source.Path}\" is not a block device";
        }

        string target = PathOf(volume);
        if (config.Mounts.List().Any(one => one.Path == target))
        {
            return null;
        }

        string mounted = source.Path;
        if (facts.Type == FileType.BlockDevice)
        {
            mounted = Path.Combine(paths.Plugins, "kubernetes.io/local-volume/mounts", volume.SpecName);
            if (await MountDiskAsync(volume, source, mounted, cancellationToken) is { } error)
            {
                return error;
            }
        }

        Directory.CreateDirectory(target);
        FileOwnership.SetMode(target, 0x1e8); // 0750
        config.Mounts.Mount(new(mounted, target, "") { Options = volume.IsClaimReadOnly ? ["bind", "ro"] : ["bind"] });
        if (!volume.IsClaimReadOnly)
        {
            await FileOwnership.GiveToGroupAsync(target, volume, config.Context.Clock, config.Events);
        }

        return null;
    }

    private static LocalVolumeSource? SourceOf(PodVolume volume) =>
        volume.Persistent?.Spec.PersistentVolumeSource.Local;

    /// <summary>Mounts a disk where all pods of this machine take it from, with a file system if it has none.</summary>
    private async Task<string?> MountDiskAsync(
        PodVolume volume, LocalVolumeSource source, string target, CancellationToken cancellationToken)
    {
        if (config.Mounts.List().Any(one => one.Path == target))
        {
            return null;
        }

        Directory.CreateDirectory(target);
        bool isReadOnly = volume.Persistent!.Spec.AccessModes.All(
            static one => one == PersistentVolumeAccessMode.ReadOnlyMany);
        string type = source.FsType is { Length: > 0 } asked ? asked : DefaultFilesystem;
        if (await DiskFormat.EnsureAsync(source.Path, type, isReadOnly, cancellationToken) is { } error)
        {
            return error;
        }

        List<string> options = ["defaults"];
        if (isReadOnly)
        {
            options.Add("ro");
        }

        options.AddRange(volume.Persistent.Spec.MountOptions);
        config.Mounts.Mount(new(source.Path, target, type) { Options = options });
        return null;
    }
}
