using System.Globalization;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Volumes.Mounting;

/// <summary>
/// Parts of volumes for containers that see only these. A container may put links into its volume at any time, so the
/// part is found without following links out of the volume and held by a bind mount, which the runtime is given in its
/// place; changing names afterwards has no effect.
/// </summary>
internal sealed class SubPathMounts(VolumePaths paths, IMounts mounts)
{
    /// <summary>The path to give the runtime for a part of a volume; the part is made when it is missing.</summary>
    /// <param name="place">Whose it is.</param>
    /// <param name="volumePath">The volume's content.</param>
    /// <param name="subPath">The part.</param>
    /// <returns>The path; failures are an <see cref="IOException"/>.</returns>
    public string Prepare(SubPathPlace place, string volumePath, string subPath)
    {
        string top = FileFacts.RealPath(volumePath)
            ?? throw new IOException("volume path " + volumePath + " is not there");
        string part = FileFacts.RealPath(Path.Combine(volumePath, subPath))
            ?? throw new IOException("subpath " + subPath + " is not there");
        if (!IsWithin(top, part))
        {
            throw new IOException($"subpath \"{part}\" not within volume path \"{top}\"");
        }

        using SafeDescriptor opened = SafeDescriptor.Open(top, Path.GetRelativePath(top, part));
        string index = place.MountIndex.ToString(CultureInfo.InvariantCulture);
        string target = Path.Combine(
            paths.SubPaths(place.PodUid), place.VolumeName, place.ContainerName, index);
        FileFacts source = FileFacts.OfDescriptor(opened.Number)!.Value;
        if (!mounts.MayMount)
        {
            return part;
        }

        if (mounts.List().Any(one => one.Path == target))
        {
            if (FileFacts.Of(target) is { } there && there.Device == source.Device && there.Inode == source.Inode)
            {
                return target;
            }

            mounts.Unmount(target);
        }

        MakeTarget(target, source.Type == FileType.Directory);
        mounts.Mount(new(opened.Path, target, "") { Options = ["bind"] });
        return target;
    }

    /// <summary>Makes a directory within a volume as open as the volume's top is.</summary>
    public static void MakeMissing(string volumePath, string subPath)
    {
        if (FileFacts.Of(volumePath) is not { } facts)
        {
            throw new IOException("volume path " + volumePath + " is not there");
        }

        string existing = volumePath;
        Queue<string> parts = new(SafeDescriptor.Parts(subPath));
        while (parts.TryPeek(out string? next) && FileFacts.OfLink(Path.Combine(existing, next)) is not null)
        {
            existing = Path.Combine(existing, parts.Dequeue());
        }

        string top = FileFacts.RealPath(volumePath)!;
        string real = FileFacts.RealPath(existing) ?? throw new IOException("a link in " + subPath + " leads nowhere");
        if (!IsWithin(top, real))
        {
            throw new IOException($"path {subPath} is outside of allowed base {top}");
        }

        SafeDescriptor.MakeDirectories(real, parts, facts.Mode & 0x1ff);
    }

    private static bool IsWithin(string top, string path) =>
        path == top || path.StartsWith(top.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static void MakeTarget(string target, bool isDirectory)
    {
        if (isDirectory)
        {
            if (File.Exists(target))
            {
                File.Delete(target);
            }

            Directory.CreateDirectory(target);
            FileOwnership.SetMode(target, 0x1e8); // 0750
            return;
        }

        if (Directory.Exists(target))
        {
            Directory.Delete(target);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Open(target, FileMode.OpenOrCreate).Dispose();
        FileOwnership.SetMode(target, 0x1a0); // 0640
    }
}

/// <summary>Whose part of a volume it is.</summary>
/// <param name="PodUid">The pod.</param>
/// <param name="VolumeName">The volume as directories know it.</param>
/// <param name="ContainerName">The container.</param>
/// <param name="MountIndex">Which of the container's mounts.</param>
internal readonly record struct SubPathPlace(string PodUid, string VolumeName, string ContainerName, int MountIndex);
