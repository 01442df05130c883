using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Commands.Up;

/// <summary>What a running <c>keelson up</c> says of itself in its data directory (<c>run.json</c>).</summary>
/// <param name="Process">Its process id.</param>
/// <param name="ProcessStart">When the kernel started that process, in ticks since boot: ids come again.</param>
/// <param name="Url">The API server's address.</param>
/// <param name="Kubeconfig">The administrator's kubeconfig.</param>
/// <param name="Node">The node whose agent runs in it; empty for none.</param>
internal sealed record RunState(int Process, long ProcessStart, string Url, string Kubeconfig, string Node)
{
    /// <summary>True for a node whose control plane is elsewhere.</summary>
    public bool IsJoined { get; init; }

    /// <summary>What runs, for sentences: a cluster, or a node of one.</summary>
    public string What => IsJoined ? $"node {Node} of the cluster" : "cluster";

    /// <summary>True until its node is Ready for the first time; the API server answers already.</summary>
    public bool IsStarting { get; init; }

    /// <summary>True while that very process runs.</summary>
    public bool IsRunning => StartOf(Process) == ProcessStart;

    /// <summary>The state of this process.</summary>
    public static RunState Own(string url, string kubeconfig, string node) =>
        new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0, url, kubeconfig, node);

    /// <summary>Reads what is in a data directory; null when nothing runs there.</summary>
    public static RunState? Read(string dataDirectory)
    {
        try
        {
            JsonObject? read = JsonNode.Parse(File.ReadAllText(FileIn(dataDirectory))) as JsonObject;
            RunState? state = read is null ? null : new(
                (int?)read["pid"] ?? 0,
                (long?)read["pidStart"] ?? 0,
                (string?)read["url"] ?? "",
                (string?)read["kubeconfig"] ?? "",
                (string?)read["node"] ?? "")
            {
                IsJoined = (bool?)read["joined"] ?? false,
                IsStarting = (bool?)read["starting"] ?? false,
            };
            return state is { IsRunning: true } ? state : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or InvalidOperationException
            or FormatException)
        {
            return null;
        }
    }

    /// <summary>Removes it.</summary>
    public static void Remove(string dataDirectory) => File.Delete(FileIn(dataDirectory));

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(string dataDirectory)
    {
        JsonObject json = new()
        {
            ["pid"] = Process,
            ["pidStart"] = ProcessStart,
            ["url"] = Url,
            ["kubeconfig"] = Kubeconfig,
            ["node"] = Node,
            ["joined"] = IsJoined,
            ["starting"] = IsStarting,
        };
        string file = FileIn(dataDirectory);
        File.WriteAllText(file + ".new", json.ToJsonString() + "\n");
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string FileIn(string dataDirectory) => Path.Combine(dataDirectory, "run.json");

    /// <summary>Field 22 of <c>/proc/PID/stat</c>; null when there is no such process.</summary>
    private static long? StartOf(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
