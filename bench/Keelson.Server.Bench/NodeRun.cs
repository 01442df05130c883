using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Keelson.Server.Bench;

/// <summary>
/// What a real node takes for pods: one that is ready, 29 more at once, the end of all 30 with a second of grace, and
/// the memory of the processes that are named while the 30 run.
/// </summary>
internal sealed class NodeRun(BenchTarget target, IReadOnlyList<(string Name, int Pid)> processes, string image)
{
    private const int Pods = 30;
    private const int Rounds = 5;

    /// <summary>What a burst leaves is collected when the program has been quiet for a while.</summary>
    private static readonly TimeSpan UntilQuiet = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _space = $"keelson-bench-{Environment.ProcessId}";

    private string Path => $"/api/v1/namespaces/{_space}/pods";

    /// <summary>Measures a node: <c>KUBECONFIG NAME=PID[,NAME=PID] IMAGE [ROUNDS]</c>.</summary>
    public static async Task<int> RunAsync(string[] line)
    {
        if (line.Length < 3)
        {
            await Console.Error.WriteLineAsync(
                "usage: Keelson.Server.Bench node KUBECONFIG NAME=PID[,NAME=PID] IMAGE [ROUNDS]");
            return 2;
        }

        List<(string, int)> processes = [];
        foreach (string one in line[1].Split(','))
        {
            string[] pair = one.Split('=');
            processes.Add((pair[0], int.Parse(pair[1], CultureInfo.InvariantCulture)));
        }

        using BenchTarget target =
            BenchTarget.OfKubeconfig(line[0], [.. processes.Select(static one => one.Item2)]);
        await new NodeRun(target, processes, line[2]).AllAsync(
            line.Length > 3 ? int.Parse(line[3], CultureInfo.InvariantCulture) : 3);
        return 0;
    }

    private async Task AllAsync(int rounds)
    {
        await target.SendAsync(HttpMethod.Post, "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{_space}}}"}}""");
        using HttpClient client = target.NewClient();
        await AccountAsync();
        using PodWatch watch = await PodWatch.OpenAsync(client, Path + "?watch=true");
        List<double> starts = [];
        for (int i = 0; i < Rounds; i++)
        {
            starts.Add(await StartAsync(watch, [$"single-{i}"]));
            await EndAsync(watch, [$"single-{i}"]);
        }

        Say("one ready pod, the first", starts[0]);
        Say("one ready pod, median of the others", Median(starts[1..]));
        string[] names = [.. Enumerable.Range(0, Pods).Select(static i => $"pod-{i:d2}")];
        for (int i = 0; i < rounds; i++)
        {
            await StartAsync(watch, names[..1]);
            double cpu = target.CpuMs();
            Say($"{Pods - 1} more, all ready", await StartAsync(watch, names[1..]));
            Say("  processor of the processes", target.CpuMs() - cpu);
            if (i == rounds - 1)
            {
                await MemoryAsync();
            }

            cpu = target.CpuMs();
            Say($"{Pods} deleted, all gone", await EndAsync(watch, names));
            Say("  processor of the processes", target.CpuMs() - cpu);
        }

        await target.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/" + _space);
    }

    private async Task AccountAsync()
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(50));
        while (await pause.WaitForNextTickAsync())
        {
            try
            {
                await target.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{_space}/serviceaccounts/default");
                return;
            }
            catch (InvalidOperationException)
            {
                // The controller has not made it yet.
            }
        }
    }

    private async Task<double> StartAsync(PodWatch watch, string[] names)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(names.Select((name, i) => target.SendAsync(HttpMethod.Post, Path, $$$$"""
            {"metadata":{"name":"{{{{name}}}}"},"spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"c",
             "image":"{{{{image}}}}","imagePullPolicy":"IfNotPresent","command":["sleep","100000"],
             "resources":{"requests":{"cpu":"1m","memory":"1Mi"}}}]}}
            """, lane: i)));
        await watch.UntilAsync(states => names.All(name => states.GetValueOrDefault(name))).WaitAsync(Patience);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task<double> EndAsync(PodWatch watch, string[] names)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(names.Select((name, i) =>
            target.SendAsync(HttpMethod.Delete, $"{Path}/{name}?gracePeriodSeconds=1", lane: i)));
        await watch.UntilAsync(states => !names.Any(states.ContainsKey)).WaitAsync(Patience);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task MemoryAsync()
    {
        using PeriodicTimer quiet = new(UntilQuiet);
        double cpu = target.CpuMs();
        await quiet.WaitForNextTickAsync();
        Say($"processor in {UntilQuiet.TotalSeconds} quiet seconds", target.CpuMs() - cpu);
        foreach ((string name, int pid) in processes)
        {
            Dictionary<string, long> sizes = Sizes(pid);
            Console.WriteLine(
                $"{name}: resident {Mb(sizes["Rss"])}, proportional {Mb(sizes["Pss"])}, "
                + $"its own {Mb(sizes["Private_Dirty"] + sizes["Private_Clean"])}, "
                + $"anonymous {Mb(sizes["Anonymous"])}");
        }
    }

    private static Dictionary<string, long> Sizes(int pid)
    {
        Dictionary<string, long> sizes = [];
        foreach (string line in File.ReadLines($"/proc/{pid}/smaps_rollup").Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            sizes[words[0].TrimEnd(':')] = long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        return sizes;
    }

    private static string Mb(long kilobytes) => $"{kilobytes / 1024.0:F0} MB";

    private static void Say(string what, double milliseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {milliseconds:F0} ms"));

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>The pods of a namespace by their names, and whether they are ready.</summary>
    private sealed class PodWatch(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        private readonly Dictionary<string, bool> _states = [];

        public static async Task<PodWatch> OpenAsync(HttpClient client, string path)
        {
            HttpResponseMessage response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Stream stream = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
            return new(response, new StreamReader(stream));
        }

        public async Task UntilAsync(Func<Dictionary<string, bool>, bool> holds)
        {
            while (!holds(_states))
            {
                string line = await reader.ReadLineAsync() ?? throw new IOException("the watch ended");
                using JsonDocument change = JsonDocument.Parse(line);
                JsonElement pod = change.RootElement.GetProperty("object");
                string name = pod.GetProperty("metadata").GetProperty("name").GetString()!;
                if (change.RootElement.GetProperty("type").GetString() == "DELETED")
                {
                    _states.Remove(name);
                }
                else
                {
                    _states[name] = IsReady(pod);
                }
            }
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }

        private static bool IsReady(JsonElement pod) =>
            pod.GetProperty("status").TryGetProperty("conditions", out JsonElement conditions)
            && conditions.EnumerateArray().Any(static one =>
                one.GetProperty("type").GetString() == "Ready" && one.GetProperty("status").GetString() == "True");
    }
}
