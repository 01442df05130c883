using System.Globalization;
using System.Security.Cryptography;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>
/// A directory whose files change all at once. They lie in a directory named after the time, to which <c>..data</c> is
/// a link; what containers see are links through <c>..data</c>. A change writes a new directory and swaps the link, so
/// readers see all of the old or all of the new; the names are upstream's, which programs that watch rely on.
/// </summary>
internal sealed class ContentDirectory(string path, TimeProvider clock)
{
    private const string Data = "..data";
    private const string NewData = "..data_tmp";
    private const int LongestName = 255;
    private const int LongestPath = 4096;

    /// <summary>Shows these files and no others; nothing happens when they are there already.</summary>
    /// <param name="files">The files by relative path.</param>
    /// <param name="own">Sets ownership in the new directory before it is shown.</param>
    /// <returns>Null, or why the files can't be shown.</returns>
    public string? Show(IReadOnlyDictionary<string, ContentFile> files, Action<string> own)
    {
        foreach (string name in files.Keys)
        {
            if (NameError(name) is { } error)
            {
                return error;
            }
        }

        string? shown = new FileInfo(Path.Combine(path, Data)).LinkTarget;
        string? current = shown is null ? null : Path.Combine(path, shown);
        if (current is not null && IsUpToDate(current, files))
        {
            MakeLinks(files.Keys);
            return null;
        }

        string written = Write(files);
        own(written);
        MakeLinks(files.Keys);
        Swap(Path.GetFileName(written));
        RemoveStale(files.Keys, Path.GetFileName(written));
        return null;
    }

    private static string? NameError(string name)
    {
        string[] parts = name.Split('/');
        return name switch
        {
            "" => "invalid path: must not be empty: \"\"",
            { Length: > LongestPath } => TooLong("", LongestPath),
            _ when name[0] == '/' => "invalid path: must be relative path: " + name,
            _ when parts.Any(static one => one == "..") => "invalid path: must not contain '..': " + name,
            _ when name.StartsWith("..", StringComparison.Ordinal) => "invalid path: must not start with '..': " + name,
            _ when parts.Any(static one => one.Length > LongestName) => TooLong("filename ", LongestName),
            _ => null,
        };
    }

    private static string TooLong(string what, int most) => string.Create(
        CultureInfo.InvariantCulture, $"invalid path: {what}must be less than or equal to {most} characters");

    private static bool IsUpToDate(string directory, IReadOnlyDictionary<string, ContentFile> files)
    {
        if (!Directory.Exists(directory))
        {
            return false;
        }

        int there = 0;
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(directory, file);
            if (!files.TryGetValue(name, out ContentFile wanted)
                || !wanted.Bytes.AsSpan().SequenceEqual(File.ReadAllBytes(file)))
            {
                return false;
            }

            there++;
        }

        return there == files.Count;
    }

    private string Write(IReadOnlyDictionary<string, ContentFile> files)
    {
        string stamp = clock.GetUtcNow().ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture);
        string number = RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture);
        string directory = Path.Combine(path, $"..{stamp}.{number}");
        MakeDirectory(directory);
        foreach ((string name, ContentFile file) in files)
        {
            string full = Path.Combine(directory, name);
            MakeParents(directory, Path.GetDirectoryName(name) ?? "");
            File.WriteAllBytes(full, file.Bytes.AsSpan());
            FileOwnership.SetMode(full, (uint)file.Mode);
            if (file.User is { } user)
            {
                FileOwnership.GiveToUser(full, user);
            }
        }

        return directory;
    }

    private static void MakeParents(string top, string relative)
    {
        string at = top;
        foreach (string part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            if (!Directory.Exists(at))
            {
                MakeDirectory(at);
            }
        }
    }

    private static void MakeDirectory(string directory)
    {
        Directory.CreateDirectory(directory);
        FileOwnership.SetMode(directory, 0x1ed); // 0755
    }

    /// <summary>Links for the first parts of the paths; they dangle until the first swap.</summary>
    private void MakeLinks(IEnumerable<string> names)
    {
        foreach (string first in names.Select(FirstPart).Distinct(StringComparer.Ordinal))
        {
            string link = Path.Combine(path, first);
            string target = Path.Combine(Data, first);
            if (new FileInfo(link).LinkTarget != target)
            {
                RemoveEntry(link);
                File.CreateSymbolicLink(link, target);
            }
        }
    }

    private void Swap(string directoryName)
    {
        string next = Path.Combine(path, NewData);
        RemoveEntry(next);
        File.CreateSymbolicLink(next, directoryName);
        if (LinuxCalls.Rename(next, Path.Combine(path, Data)) != 0)
        {
            throw LinuxError.Last("rename", next);
        }
    }

    /// <summary>
    /// Removes links nobody stands behind any more, and directories of earlier and of broken off writes.
    /// </summary>
    private void RemoveStale(IEnumerable<string> names, string current)
    {
        HashSet<string> wanted = names.Select(FirstPart).ToHashSet(StringComparer.Ordinal);
        foreach (string entry in Directory.GetFileSystemEntries(path))
        {
            string name = Path.GetFileName(entry);
            bool isOldDirectory = name.StartsWith("..2", StringComparison.Ordinal) && name != current;
            bool isOldLink = !wanted.Contains(name)
                && new FileInfo(entry).LinkTarget is { } target
                && target.StartsWith(Data + "/", StringComparison.Ordinal);
            if (isOldDirectory || isOldLink)
            {
                RemoveEntry(entry);
            }
        }
    }

    private static void RemoveEntry(string entry)
    {
        if (FileFacts.OfLink(entry) is { Type: FileType.Directory })
        {
            Directory.Delete(entry, recursive: true);
        }
        else
        {
            File.Delete(entry);
        }
    }

    private static string FirstPart(string name) => name.Split('/', 2)[0];
}
