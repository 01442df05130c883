using System.Diagnostics;

namespace Keelson.EndToEnd.Tests.Up;

/// <summary>What a cluster may leave on a machine, as lines to compare with those of another time.</summary>
internal sealed class MachineSnapshot
{
    private static readonly string[] Directories =
    [
        "/run/netns", "/run/cni", "/run/keelson", "/var/lib/cni", "/var/lib/kubelet",
        "/var/lib/containerd", "/var/log/pods", "/var/log/containers", "/etc/cni", "/etc/containerd",
    ];

    private static readonly string[] Groups = ["kubepods", "keelson", "cri-containerd", "k8s.io"];

    private readonly SortedSet<string> _lines = new(StringComparer.Ordinal);

    /// <summary>Looks at the machine.</summary>
    /// <param name="directory">The cluster's; processes are its own when they name it or run in a pod's group.</param>
    public static async Task<MachineSnapshot> TakeAsync(string directory)
    {
        MachineSnapshot snapshot = new();
        snapshot.Add("process", Processes(directory));
        snapshot.Add("mount", File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' ')[4]));
        snapshot.Add("link", Directory.GetDirectories("/sys/class/net").Select(Path.GetFileName)!);
        snapshot.Add("table", await LinesAsync("nft", "list", "tables"));
        snapshot.Add("route", await LinesAsync("ip", "route", "show", "table", "all"));
        snapshot.Add("rule", await LinesAsync("ip", "rule"));
        snapshot.Add("group", ControlGroups());
        snapshot.Add("file", Directories.Append(directory).SelectMany(Files));
        snapshot.Add("container", Containers(directory));
        return snapshot;
    }

    /// <summary>The lines of a later look that are not in this one.</summary>
    public IReadOnlyList<string> Added(MachineSnapshot later) => [.. later._lines.Except(_lines)];

    /// <summary>The lines of this look that are not in a later one.</summary>
    public IReadOnlyList<string> Gone(MachineSnapshot later) => [.. _lines.Except(later._lines)];

    /// <summary>Those that begin with a word.</summary>
    public IEnumerable<string> Of(string kind) =>
        _lines.Where(line => line.StartsWith(kind + " ", StringComparison.Ordinal));

    private void Add(string kind, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            _lines.Add($"{kind} {line}");
        }
    }

    private static IEnumerable<string> Processes(string directory)
    {
        foreach (string process in Directory.GetDirectories("/proc").Where(one => char.IsAsciiDigit(one[6])))
        {
            string line = Read(Path.Combine(process, "cmdline")).Replace('\0', ' ').Trim();
            bool isPods = Groups.Any(Read(Path.Combine(process, "cgroup")).Contains);
            if (line.Length > 0 && (isPods || line.Contains(directory, StringComparison.Ordinal)))
            {
                yield return $"{Path.GetFileName(process)} {line}";
            }
        }
    }

    /// <summary>What crun (<c>status</c>) or runc (<c>state.json</c>) keeps of the cluster's containers, in one place
    /// for all containerds of a machine. Newer ones of crun write slashes as JSON allows it.</summary>
    private static IEnumerable<string> Containers(string directory) => !Directory.Exists("/run/containerd/runc")
        ? []
        : Directory.EnumerateFiles("/run/containerd/runc", "stat*", SearchOption.AllDirectories)
            .Where(file => Read(file).Replace("\\/", "/", StringComparison.Ordinal)
                .Contains(directory + "/", StringComparison.Ordinal));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The process ended meanwhile.
            return "";
        }
    }

    private static IEnumerable<string> ControlGroups() => Directory.EnumerateDirectories(
        "/sys/fs/cgroup", "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })
        .Where(static path => Groups.Any(path.Contains));

    private static IEnumerable<string> Files(string directory) => !Directory.Exists(directory)
        ? []
        : Directory.EnumerateFileSystemEntries(directory, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 3,
            AttributesToSkip = FileAttributes.ReparsePoint,
        }).Prepend(directory);

    private static async Task<string[]> LinesAsync(string program, params string[] line)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, line) { RedirectStandardOutput = true })!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
