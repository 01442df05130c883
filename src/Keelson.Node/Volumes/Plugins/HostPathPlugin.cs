using Keelson.Api.Core.V1;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>hostPath: a file or directory of the machine, of the type that is asked for.</summary>
internal sealed class HostPathPlugin : IVolumePlugin
{
    /// <inheritdoc/>
    public string Name => "kubernetes.io/host-path";

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => SourceOf(volume) is not null;

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => SourceOf(volume)!.Path;

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => volume.IsClaimReadOnly;

    /// <inheritdoc/>
    public Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        HostPathVolumeSource source = SourceOf(volume)!;
        return Task.FromResult(source.Path.Split('/').Contains("..")
            ? $"invalid HostPath `{source.Path}`: must not contain '..'"
            : Check(source.Path, source.Type ?? HostPathType.None));
    }

    private static HostPathVolumeSource? SourceOf(PodVolume volume) =>
        volume.Persistent is { } persistent
            ? persistent.Spec.PersistentVolumeSource.HostPath
            : volume.Source.HostPath;

    private static string? Check(string path, string type)
    {
        if (type == HostPathType.None)
        {
            return null;
        }

        FileType? found = FileFacts.Of(path)?.Type;
        switch (type)
        {
            case HostPathType.DirectoryOrCreate when found is null:
                Directory.CreateDirectory(path);
                FileOwnership.SetMode(path, 0x1ed); // 0755
                return null;
            case HostPathType.FileOrCreate when found is null:
                File.Create(path).Dispose();
                FileOwnership.SetMode(path, 0x1a4); // 0644
                return null;
        }

        (FileType Wanted, string Words)? check = type switch
        {
            HostPathType.Directory or HostPathType.DirectoryOrCreate => (FileType.Directory, "directory"),
            HostPathType.File or HostPathType.FileOrCreate => (FileType.Regular, "file"),
            HostPathType.Socket => (FileType.Socket, "socket file"),
            HostPathType.CharDevice => (FileType.CharacterDevice, "character device"),
            HostPathType.BlockDevice => (FileType.BlockDevice, "block device"),
            _ => null,
        };
        return check switch
        {
            null => type + " is an invalid volume type",
            { } one when found == one.Wanted => null,
            { } one => $"hostPath type check failed: {path} is not a {one.Words}",
        };
    }
}
