using System.Collections.Concurrent;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>
/// What file systems and directories take of disks. Directories are counted anew once a minute at most.
/// </summary>
internal sealed class DiskUsage(TimeProvider clock)
{
    // Upstream's volumeStatsAggPeriod.
    private static readonly TimeSpan CountAgainAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Counted> _counted = new(StringComparer.Ordinal);

    /// <summary>The file system that a path is on; null when there is nothing.</summary>
    public FileSystemStats? Filesystem(string path)
    {
        if (LinuxCalls.StatFilesystem(path, out LinuxCalls.FilesystemResult found) != 0)
        {
            return null;
        }

        return new(clock.GetUtcNow())
        {
            CapacityBytes = found.Blocks * found.FragmentSize,
            AvailableBytes = found.BlocksAvailable * found.FragmentSize,
            UsedBytes = (found.Blocks - found.BlocksFree) * found.FragmentSize,
            Inodes = found.Files,
            InodesFree = found.FilesFree,
            InodesUsed = found.Files - found.FilesFree,
        };
    }

    /// <summary>A directory's part of its file system.</summary>
    public FileSystemStats? Directory(string path)
    {
        if (Filesystem(path) is not { } filesystem)
        {
            return null;
        }

        Counted counted = CountedOf(path);
        return filesystem with { UsedBytes = counted.Bytes, InodesUsed = counted.Inodes };
    }

    /// <summary>Forgets directories that nobody asked for in a while.</summary>
    public void Trim()
    {
        foreach ((string path, Counted counted) in _counted)
        {
            if (clock.GetElapsedTime(counted.At) > 10 * CountAgainAfter)
            {
                _counted.TryRemove(path, out _);
            }
        }
    }

    private Counted CountedOf(string path)
    {
        if (_counted.TryGetValue(path, out Counted? known) && clock.GetElapsedTime(known.At) < CountAgainAfter)
        {
            return known;
        }

        ulong bytes = 0;
        ulong inodes = 0;
        if (FileFacts.OfLink(path) is { } top)
        {
            HashSet<ulong> linked = [];
            Count(path, top, linked, ref bytes, ref inodes);
        }

        return _counted[path] = new(clock.GetTimestamp(), bytes, inodes);
    }

    private static void Count(string path, FileFacts facts, HashSet<ulong> seen, ref ulong bytes, ref ulong inodes)
    {
        // A file under several names takes its room once.
        if (!seen.Add(facts.Inode))
        {
            return;
        }

        bytes += facts.AllocatedBytes;
        inodes++;
        if (facts.Type != FileType.Directory)
        {
            return;
        }

        try
        {
            foreach (string entry in System.IO.Directory.EnumerateFileSystemEntries(path))
            {
                if (FileFacts.OfLink(entry) is { } one && one.Device == facts.Device)
                {
                    Count(entry, one, seen, ref bytes, ref inodes);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed while it was counted, or not for us to see.
        }
    }

    private sealed record Counted(long At, ulong Bytes, ulong Inodes);
}
