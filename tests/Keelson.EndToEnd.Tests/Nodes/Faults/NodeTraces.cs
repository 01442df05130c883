using System.Text.RegularExpressions;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>
/// All that pods leave on a machine, counted: processes, mounts, network namespaces, links, rules, addresses, control
/// groups, files. Names that are another for each pod are left out, so that two looks can be compared.
/// </summary>
internal sealed partial class NodeTraces
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Looks at a machine.</summary>
    public static async Task<NodeTraces> TakeAsync(FaultMachine machine)
    {
        NodeTraces traces = new();
        traces.Add("process", machine.Processes().Select(static one => one.Line));
        traces.Add(
            "mount", File.ReadLines(machine.Inside("/proc/1/mountinfo")).Select(static line => line.Split(' ')[4]));
        traces.Add("network namespace", Entries(machine.Inside("/run/netns")));
        traces.Add("link", Lines(await machine.RunAsync("ip", "-o", "link")).Select(static line => line.Split(' ')[1]));
        traces.Add("rule", Lines(await RulesAsync(machine)));
        // A bridge without ports is noticed to be down only after a while, and has its own address only while it is up.
        traces.Add("route", Lines(await machine.RunAsync("ip", "route", "show", "table", "all"))
            .Where(static line => !line.Contains("fe80::", StringComparison.Ordinal))
            .Select(static line => line.Replace(" linkdown", "", StringComparison.Ordinal)));
        traces.Add("group", ControlGroups(machine.ControlGroup));
        string root = machine.Inside(machine.NodeDirectory);
        traces.Add("address", Entries(root + "/cni/networks").SelectMany(Entries)
            .Where(static file => char.IsAsciiDigit(Path.GetFileName(file)[0])).Select(static _ => "lease"));

        // crun keeps some things for all containers, whose names begin with a point.
        traces.Add("container", Entries(machine.Inside("/run/containerd/runc/k8s.io"))
            .Where(static path => !Path.GetFileName(path).StartsWith('.')));
        traces.Add("socket of a shim", Entries(machine.Inside("/run/containerd/s")));
        traces.Add("task", Entries(root + "/containerd/state/io.containerd.runtime.v2.task/k8s.io"));
        traces.Add("pod", Entries(root + "/pods"));
        traces.Add("log", Entries(machine.Inside("/var/log/pods")));
        traces.Add("link to a log", Entries(machine.Inside("/var/log/containers")));
        return traces;
    }

    /// <summary>True when nothing of any pod is there.</summary>
    public bool HasNoPods => !_counts.Keys.Any(static key => key.StartsWith("pod ", StringComparison.Ordinal)
        || key.StartsWith("container ", StringComparison.Ordinal) || key.EndsWith("/pod*", StringComparison.Ordinal));

    /// <summary>What was found of some kinds.</summary>
    public IEnumerable<string> Of(params string[] kinds) =>
        _counts.Keys.Where(key => kinds.Any(kind => key.StartsWith(kind + " ", StringComparison.Ordinal)));

    /// <summary>What a later look has more of, one line each; empty for nothing.</summary>
    public string Difference(NodeTraces later) => string.Join('\n', _counts.Keys.Union(later._counts.Keys)
        .Order(StringComparer.Ordinal)
        .Select(key => (Key: key, Now: later._counts.GetValueOrDefault(key), Then: _counts.GetValueOrDefault(key)))
        .Where(static one => one.Now > one.Then)
        .Select(static one => $"{one.Key}: {one.Now} instead of {one.Then}"));

    private void Add(string kind, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string key = $"{kind} {Passing().Replace(line, "*")}";
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>nft puts a listing together from several answers of the kernel, and may give up while rules change.
    /// </summary>
    private static async Task<string> RulesAsync(FaultMachine machine)
    {
        for (int attempt = 1; ; attempt++)
        {
            (int code, string output) = await machine.TryAsync("nft", "list", "ruleset");
            if (code == 0)
            {
                return output;
            }

            Assert.True(attempt < 5, $"nft list ruleset: {output}");
            await Task.Delay(200);
        }
    }

    private static IEnumerable<string> Entries(string directory) =>
        Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory) : [];

    private static IEnumerable<string> ControlGroups(string parent) => Directory.EnumerateDirectories(
        "/sys/fs/cgroup", "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 6 })
        .Where(path => path.Contains(parent, StringComparison.Ordinal));

    // Ids of pods and containers, links' names and numbers, what rules have counted.
    [GeneratedRegex("[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|veth[0-9a-f]+(@if\\d+)?"
        + "|/proc/\\d+/root|packets \\d+ bytes \\d+|expires \\S+")]
    private static partial Regex Passing();
}
