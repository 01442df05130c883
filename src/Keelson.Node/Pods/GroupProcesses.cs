using System.Globalization;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Pods;

/// <summary>Ends the processes of control groups.</summary>
internal static class GroupProcesses
{
    // A process that forks is caught in the next round, as upstream's kubelet does it too.
    private const int Rounds = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Kills all processes in groups and those beneath, and waits a moment until they are gone, as a group in
    /// use can't be removed.</summary>
    /// <param name="groups">The groups' directories; one that there is not has no processes.</param>
    /// <param name="log">Told of what was killed.</param>
    public static void End(IEnumerable<string> groups, Action<string> log)
    {
        string[] all = [.. groups];
        HashSet<int> killed = [];
        for (int round = 0; round < Rounds; round++)
        {
            HashSet<int> processes = Of(all);
            if (processes.Count == 0)
            {
                break;
            }

            killed.UnionWith(processes);
            foreach (int one in processes)
            {
                HostCalls.Kill(one);
            }

            SpinWait.SpinUntil(() => Of(all).Count == 0, round == Rounds - 1 ? Patience : Pause);
        }

        if (killed.Count > 0)
        {
            log($"{killed.Count} processes that had outlived their containers in {all[0]} were killed");
        }
    }

    private static HashSet<int> Of(IEnumerable<string> groups)
    {
        HashSet<int> found = [];
        foreach (string group in groups)
        {
            Collect(group, found);
        }

        return found;
    }

    private static void Collect(string group, HashSet<int> found)
    {
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(group, "cgroup.procs")))
            {
                // 0 stands for processes outside of what can be seen from here.
                if (int.TryParse(line, CultureInfo.InvariantCulture, out int id) && id > 0)
                {
                    found.Add(id);
                }
            }

            foreach (string below in Directory.EnumerateDirectories(group))
            {
                Collect(below, found);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile.
        }
    }
}
