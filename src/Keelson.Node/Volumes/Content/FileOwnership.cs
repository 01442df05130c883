using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>Gives volumes to the group that a pod asks for (fsGroup).</summary>
internal static class FileOwnership
{
    private const uint SetGroupBit = 0x400; // 02000
    private const uint ReadWrite = 0x1b0; // 0660
    private const uint ReadOnly = 0x120; // 0440
    private const uint Execute = 0x48; // 0110
    private const uint KeepUser = uint.MaxValue;

    /// <summary>
    /// Gives everything below a path to a group, which may read, and unless the volume is read-only write; directories
    /// pass the group on.
    /// </summary>
    public static void GiveToGroup(
        string path, long? group, bool isReadOnly, string? changePolicy = null, OwnershipProgress? progress = null)
    {
        if (group is not { } wanted)
        {
            return;
        }

        uint mask = isReadOnly ? ReadOnly : ReadWrite;
        if (changePolicy == PodFSGroupChangePolicy.OnRootMismatch && IsGivenAlready(path, (uint)wanted, mask))
        {
            return;
        }

        // The top comes last: if this is cut short, it still looks undone.
        GiveBelow(path, (uint)wanted, mask, progress);
        Give(path, (uint)wanted, mask);
    }

    /// <summary>The same for a volume of a pod that may have many files; the pod is told if that takes long.</summary>
    public static async Task GiveToGroupAsync(
        string path, PodVolume volume, TimeProvider clock, EventRecorder? events)
    {
        if (volume.FsGroup is null)
        {
            return;
        }

        Pod pod = volume.Pod;
        await using OwnershipProgress progress = new(
            path, pod.Metadata.Uid, clock,
            message => events?.Warning(pod, "VolumePermissionChangeInProgress", message));
        await Task.Run(() => GiveToGroup(
            path, volume.FsGroup, isReadOnly: false, pod.Spec.SecurityContext?.FsGroupChangePolicy, progress));
    }

    /// <summary>Makes a user the owner of a file, links not followed.</summary>
    public static void GiveToUser(string path, long user)
    {
        if (LinuxCalls.ChangeOwner(path, (uint)user, KeepUser) != 0)
        {
            throw LinuxError.Last("chown", path);
        }
    }

    /// <summary>Sets all permission bits, whatever the process's mask.</summary>
    public static void SetMode(string path, uint mode) => File.SetUnixFileMode(path, (UnixFileMode)mode);

    private static void GiveBelow(string directory, uint group, uint mask, OwnershipProgress? progress)
    {
        if (FileFacts.OfLink(directory) is not { Type: FileType.Directory })
        {
            return;
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
        {
            GiveBelow(entry, group, mask, progress);
            Give(entry, group, mask);
            progress?.Count();
        }
    }

    private static bool IsGivenAlready(string path, uint group, uint mask)
    {
        uint wanted = mask | Execute | SetGroupBit;
        return FileFacts.Of(path) is { } facts && facts.Group == group && (facts.Mode & wanted) == wanted;
    }

    private static void Give(string path, uint group, uint mask)
    {
        if (FileFacts.OfLink(path) is not { } facts)
        {
            return; // Removed meanwhile.
        }

        if (facts.Group != group && LinuxCalls.ChangeOwner(path, KeepUser, group) != 0)
        {
            throw LinuxError.Last("lchown", path);
        }

        if (facts.Type == FileType.SymbolicLink)
        {
            return;
        }

        // Changing the owner cleared the bits that grant rights, so the mode is set even if it seems right.
        uint mode = facts.Mode | mask | (facts.Type == FileType.Directory ? SetGroupBit | Execute : 0);
        if (mode != facts.Mode || facts.Group != group)
        {
            SetMode(path, mode);
        }
    }
}
