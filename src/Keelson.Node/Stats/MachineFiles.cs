using System.Globalization;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Stats;

/// <summary>Reads the kernel's text files: <c>/proc</c> and control groups. What is missing is null.</summary>
internal sealed class MachineFiles(string root = "/")
{
    /// <summary>The lines of a file.</summary>
    public string[]? Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A file that is one number.</summary>
    public ulong? Number(string path) => Lines(path) is [var line, ..] ? Parse(line) : null;

    /// <summary>A file of names and numbers, a pair a line: <c>usage_usec 12</c>, <c>MemTotal:  12 kB</c>.</summary>
    public Dictionary<string, ulong>? Pairs(string path)
    {
        if (Lines(path) is not { } lines)
        {
            return null;
        }

        Dictionary<string, ulong> pairs = new(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && Parse(words[1]) is { } number)
            {
                pairs[words[0]] = words.Length > 2 && words[2] == "kB" ? number * 1024 : number;
            }
        }

        return pairs;
    }

    /// <summary>The files that a process has open, and how many of them are sockets; none for one that is gone.
    /// </summary>
    public unsafe (int All, int Sockets) Descriptors(string process)
    {
        const int Prefix = 7;
        byte* target = stackalloc byte[Prefix];
        int all = 0;
        int sockets = 0;
        try
        {
            foreach (string one in Directory.EnumerateFileSystemEntries(Path.Combine(root, "proc", process, "fd")))
            {
                all++;
                bool isSocket = LinuxCalls.ReadLink(one, target, Prefix) == Prefix
                    && new ReadOnlySpan<byte>(target, Prefix).SequenceEqual("socket:"u8);
                sockets += isSocket ? 1 : 0;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
        }

        return (all, sockets);
    }

    /// <summary>The names of the directories in a directory; none where there is no such.</summary>
    public IReadOnlyList<string> Directories(string path)
    {
        try
        {
            string[] found = Directory.GetDirectories(Path.Combine(root, path));
            return [.. found.Select(static one => Path.GetFileName(one))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>True when a file or directory is there.</summary>
    public bool Has(string path) => Path.Exists(Path.Combine(root, path));

    private static ulong? Parse(string text) =>
        ulong.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
}
