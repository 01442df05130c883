using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Volumes;

/// <summary>
/// Takes apart what is in place for a pod. It goes by the disk and the kernel's mounts alone, so it makes no difference
/// who set things up or how far they came. Nothing is deleted as long as something is mounted below.
/// </summary>
internal sealed class VolumeRemoval(VolumePaths paths, IMounts mounts, IReadOnlyList<IVolumePlugin> plugins)
{
    /// <summary>The pods with directories.</summary>
    public IReadOnlyList<string> InPlace() => Directory.Exists(paths.Pods)
        ? [.. Directory.EnumerateDirectories(paths.Pods).Select(static one => Path.GetFileName(one))]
        : [];

    /// <summary>Removes a pod's volumes and directory.</summary>
    /// <returns>Null, or why something is still there.</returns>
    public async Task<string?> RemoveAsync(string podUid, CancellationToken cancellationToken)
    {
        string directory = paths.Pod(podUid);
        if (podUid.Length == 0 || podUid.Contains('/', StringComparison.Ordinal) || !Directory.Exists(directory))
        {
            return null;
        }

        try
        {
            // Parts of volumes come first: a volume can't be let go while a part of it is mounted elsewhere.
            UnmountBelow(paths.SubPaths(podUid));
            if (await EndVolumesAsync(podUid, cancellationToken) is { } error)
            {
                return error;
            }

            UnmountBelow(directory);
            return await Task.Run(() => Delete(directory), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private async Task<string?> EndVolumesAsync(string podUid, CancellationToken cancellationToken)
    {
        string? first = null;
        string[] parents = [paths.Volumes(podUid), paths.Devices(podUid)];
        foreach (string parent in parents.Where(Directory.Exists))
        {
            foreach (string pluginDirectory in Directory.GetDirectories(parent))
            {
                string name = VolumePaths.PluginOf(Path.GetFileName(pluginDirectory));
                IVolumePlugin? plugin = plugins.FirstOrDefault(one => one.Name == name);
                foreach (string volume in Directory.GetFileSystemEntries(pluginDirectory))
                {
                    string? error = plugin is null
                        ? null
                        : await plugin.TearDownAsync(podUid, volume, cancellationToken);
                    first ??= error is null
                        ? null
                        : $"UnmountVolume.TearDown failed for volume \"{Path.GetFileName(volume)}\" : {error}";
                }
            }
        }

        return first;
    }

    /// <summary>The latest first: what was mounted later lies on top.</summary>
    private void UnmountBelow(string directory)
    {
        foreach (MountPoint mount in MountsBelow(directory).Reverse())
        {
            mounts.Unmount(mount.Path);
        }
    }

    private IEnumerable<MountPoint> MountsBelow(string directory) => mounts.List().Where(one =>
        one.Path == directory || one.Path.StartsWith(directory + "/", StringComparison.Ordinal));

    private string? Delete(string directory)
    {
        if (MountsBelow(directory).Select(static one => one.Path).FirstOrDefault() is { } mounted)
        {
            return $"orphaned pod found, but failed to rmdir() volume at path {mounted}: device or resource busy";
        }

        ulong device = FileFacts.OfLink(directory)?.Device ?? 0;
        DeleteOn(device, directory);
        return null;
    }

    /// <summary>Deletes a directory without ever entering another file system.</summary>
    private static void DeleteOn(ulong device, string directory)
    {
        foreach (string entry in Directory.GetFileSystemEntries(directory))
        {
            if (FileFacts.OfLink(entry) is not { } facts)
            {
                continue;
            }

            if (facts.Type != FileType.Directory)
            {
                File.Delete(entry);
            }
            else if (facts.Device == device)
            {
                DeleteOn(device, entry);
            }
            else
            {
                throw new IOException($"{entry} is on another file system and was not removed");
            }
        }

        if (LinuxCalls.RemoveDirectory(directory) != 0)
        {
            throw LinuxError.Last("rmdir", directory);
        }
    }
}
