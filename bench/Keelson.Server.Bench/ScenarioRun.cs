using System.Diagnostics;
using System.Text.Json;

namespace Keelson.Server.Bench;

/// <summary>The scenarios, one after the other, in a namespace of their own that is gone afterwards.</summary>
/// <param name="target">The cluster.</param>
/// <param name="image">What pods run.</param>
internal sealed class ScenarioRun(BenchTarget target, string image)
{
    private const int Objects = 500;
    private const int Pods = 100;
    private const int SinglePods = 10;
    private const int InFlight = 16;
    private const int Watchers = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<Figure> _figures = [];
    private readonly string _space = $"keelson-bench-{Environment.ProcessId}";

    private string Space => "/api/v1/namespaces/" + _space;

    /// <summary>Runs all.</summary>
    public async Task<IReadOnlyList<Figure>> AllAsync()
    {
        await target.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{_space}}}"}}""");
        try
        {
            Memory("memory before");
            await ObjectsAsync();
            await WatchAsync();
            await PodsAsync();
            Memory("memory after");
        }
        finally
        {
            await target.SendAsync(HttpMethod.Delete, Space);
        }

        return _figures;
    }

    private async Task ObjectsAsync()
    {
        string maps = Space + "/configmaps";
        string text = new('x', 1000);
        await MeasureAsync("create ConfigMap of 1 kB", Objects, i => target.SendAsync(
            HttpMethod.Post, maps, $$$"""{"metadata":{"name":"c{{{i}}}"},"data":{"x":"{{{text}}}"}}""", lane: i));
        await MeasureAsync("GET", Objects, i => target.SendAsync(HttpMethod.Get, $"{maps}/c{i}", lane: i));
        await MeasureAsync($"LIST {Objects}", 20, i => target.DrainAsync(maps, "application/json", null, i));
        await MeasureAsync($"LIST {Objects} as Table", 20, i => target.DrainAsync(
            maps, "application/json;as=Table;v=v1;g=meta.k8s.io", null, i));
        await MeasureAsync("merge patch", Objects, i => target.SendAsync(
            HttpMethod.Patch, $"{maps}/c{i}", """{"data":{"y":"1"}}""", "application/merge-patch+json", i));
        await MeasureAsync("server-side apply", Objects, i => target.SendAsync(
            HttpMethod.Patch,
            $"{maps}/a{i}?fieldManager=bench",
            $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a{{{i}}}"},"data":{"x":"{{{text}}}"}}""",
            "application/apply-patch+yaml",
            i));
        await MeasureAsync("DELETE", Objects, i => target.SendAsync(HttpMethod.Delete, $"{maps}/a{i}", lane: i));
    }

    /// <summary>Every watcher gets every change; what counts is when the last one has the last.</summary>
    private async Task WatchAsync()
    {
        const int changes = 200;
        string path = Space + "/secrets?watch=true&resourceVersion=0&allowWatchBookmarks=false";
        using HttpClient client = target.NewClient();
        List<Stream> streams = [];
        for (int i = 0; i < Watchers; i++)
        {
            HttpResponseMessage opened = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            streams.Add(await opened.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        }

        double cpu = target.CpuMs();
        long start = Stopwatch.GetTimestamp();
        Task[] readers = [.. streams.Select(stream => LinesAsync(stream, changes))];
        await ManyAsync(changes, i => target.SendAsync(
            HttpMethod.Post, Space + "/secrets", $$$"""{"metadata":{"name":"s{{{i}}}"}}""", lane: i));
        await Task.WhenAll(readers).WaitAsync(Patience);
        Add($"watch: an event of {Watchers} × {changes}", Stopwatch.GetElapsedTime(start).TotalMilliseconds
            / (Watchers * changes), "ms", cpu, Watchers * changes);
        streams.ForEach(static one => one.Dispose());
    }

    private async Task PodsAsync()
    {
        using JsonDocument nodes = JsonDocument.Parse(await target.SendAsync(HttpMethod.Get, "/api/v1/nodes?limit=1"));
        if (nodes.RootElement.GetProperty("items").GetArrayLength() == 0)
        {
            return;
        }

        await UntilAsync("/serviceaccounts/default", static _ => true);
        double cpu = target.CpuMs();
        long start = Stopwatch.GetTimestamp();
        await ManyAsync(Pods, i => CreatePodAsync($"p{i}"));
        await CountAsync(Pods, static pod => pod.GetProperty("spec").TryGetProperty("nodeName", out JsonElement _));
        Add($"place {Pods} pods, each", Stopwatch.GetElapsedTime(start).TotalMilliseconds / Pods, "ms", cpu, Pods);
        await CountAsync(Pods, IsRunning);
        Add($"run {Pods} pods, each", Stopwatch.GetElapsedTime(start).TotalMilliseconds / Pods, "ms", cpu, Pods);
        start = Stopwatch.GetTimestamp();
        cpu = target.CpuMs();
        await target.SendAsync(HttpMethod.Delete, Space + "/pods");
        await CountAsync(0, static _ => true);
        Add($"end {Pods} pods, each", Stopwatch.GetElapsedTime(start).TotalMilliseconds / Pods, "ms", cpu, Pods);
        await SinglePodsAsync();
    }

    private async Task SinglePodsAsync()
    {
        List<double> starts = [];
        List<double> ends = [];
        for (int i = 0; i < SinglePods; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await CreatePodAsync($"single{i}");
            await CountAsync(1, IsRunning);
            starts.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            await target.SendAsync(HttpMethod.Delete, $"{Space}/pods/single{i}");
            await CountAsync(0, static _ => true);
            ends.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        _figures.Add(new("start of a pod", Median(starts), "ms", null));
        _figures.Add(new("end of a pod", Median(ends), "ms", null));
    }

    private Task<byte[]> CreatePodAsync(string name) => target.SendAsync(HttpMethod.Post, Space + "/pods", $$$$"""
        {"metadata":{"name":"{{{{name}}}}"},"spec":{"terminationGracePeriodSeconds":1,
         "containers":[{"name":"c","image":"{{{{image}}}}","resources":{"requests":{"cpu":"1m","memory":"1Mi"}}}]}}
        """);

    private static bool IsRunning(JsonElement pod) =>
        pod.GetProperty("status").TryGetProperty("phase", out JsonElement phase) && phase.GetString() == "Running";

    /// <summary>Waits until so many pods are as they should be, or no pods are left when none should be.</summary>
    private Task CountAsync(int count, Func<JsonElement, bool> counts) => UntilAsync(
        "/pods?resourceVersion=0",
        list => list.GetProperty("items").EnumerateArray().Count(counts) is int found
            && (count == 0 ? found == 0 : found >= count));

    private async Task UntilAsync(string path, Func<JsonElement, bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(10));
        while (await pause.WaitForNextTickAsync())
        {
            try
            {
                using JsonDocument read = JsonDocument.Parse(await target.SendAsync(HttpMethod.Get, Space + path));
                if (holds(read.RootElement))
                {
                    return;
                }
            }
            catch (InvalidOperationException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
                // It is not there yet.
            }

            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException(
                    $"{Space}{path} is not as it should be after {Patience.TotalMinutes} minutes");
            }
        }
    }

    private async Task MeasureAsync(string scenario, int count, Func<int, Task> send)
    {
        double[] times = new double[count];
        double cpu = target.CpuMs();
        await ManyAsync(count, async i =>
        {
            long start = Stopwatch.GetTimestamp();
            await send(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        Add(scenario, Median([.. times]), "ms", cpu, count);
    }

    private void Add(string scenario, double value, string unit, double cpuBefore, int operations) => _figures.Add(new(
        scenario, value, unit, target.HasProcesses ? (target.CpuMs() - cpuBefore) / operations : null));

    private void Memory(string scenario) =>
        _figures.Add(new(scenario, target.HasProcesses ? target.ResidentMb() : null, "MB", null));

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static async Task LinesAsync(Stream stream, int count)
    {
        using StreamReader reader = new(stream);
        for (int i = 0; i < count && await reader.ReadLineAsync() is not null; i++)
        {
        }
    }

    private static Task ManyAsync(int count, Func<int, Task> send)
    {
        int next = -1;
        return Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await send(i);
            }
        }));
    }
}
