using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Keelson.Server.Bench;

/// <summary>
/// Ten deployments whose pods run on simulated nodes, and how long others wait for the server while pods come and while
/// all run.
/// </summary>
internal sealed class HoldLoad(BenchTarget target, int pods)
{
    private const int Deployments = 10;
    private const int Callers = 2;
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Workloads = "/apis/apps/v1/namespaces/default/deployments";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(75);

    private readonly ConcurrentQueue<(string What, double Ms)> _samples = new();

    /// <summary>Measures.</summary>
    public async Task RunAsync()
    {
        using CancellationTokenSource stop = new();
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(lane => CallAsync(lane, stop.Token))];
        double cpu = target.CpuMs();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Deployments; i++)
        {
            await target.SendAsync(HttpMethod.Post, Workloads, Deployment(i));
        }

        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        while (await ReadyAsync() < pods && await timer.WaitForNextTickAsync())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("The pods take too long to run.");
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Report(string.Create(
            CultureInfo.InvariantCulture,
            $"{pods} pods run after {seconds:0} s and {(target.CpuMs() - cpu) / 1000:0} s of processor"));
        for (long rested = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(rested) < Rest;)
        {
            await timer.WaitForNextTickAsync();
        }

        Report("all of them there");
        await stop.CancelAsync();
        await Task.WhenAll(callers);
    }

    private static string MapOf(int lane, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"hold-{Environment.ProcessId}-{lane}-{number}");

    private string Deployment(int number) =>
        $$$"""
        {"metadata":{"name":"hold-{{{number}}}"},"spec":{"replicas":{{{pods / Deployments}}},
        "selector":{"matchLabels":{"app":"hold-{{{number}}}"}},"template":{"metadata":
        {"labels":{"app":"hold-{{{number}}}"} },"spec":{"containers":[{"name":"c","image":"app:1",
        "resources":{"requests":{"cpu":"100m"} } }]} } } }
        """;

    private async Task<int> ReadyAsync()
    {
        int ready = 0;
        for (int i = 0; i < Deployments; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{Workloads}/hold-{i}");
            using JsonDocument answer = JsonDocument.Parse(await target.SendAsync(HttpMethod.Get, path));
            ready += answer.RootElement.TryGetProperty("status", out JsonElement status)
                && status.TryGetProperty("readyReplicas", out JsonElement count) ? count.GetInt32() : 0;
        }

        return ready;
    }

    private async Task CallAsync(int lane, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            string map = MapOf(lane, i);
            await TimeAsync("create", HttpMethod.Post, Maps, $$$"""{"metadata":{"name":"{{{map}}}"} }""", lane);
            await TimeAsync("patch", HttpMethod.Patch, $"{Maps}/{map}", """{"data":{"a":"b"}}""", lane);
            await TimeAsync("get", HttpMethod.Get, $"{Maps}/{map}", null, lane);
            string ofNode = $"/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-{i % 100}";
            await TimeAsync("list of a node", HttpMethod.Get, ofNode, null, lane);
            await TimeAsync("list of 500", HttpMethod.Get, "/api/v1/namespaces/default/pods?limit=500", null, lane);
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task TimeAsync(string what, HttpMethod method, string path, string? body, int lane)
    {
        string type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
        long start = Stopwatch.GetTimestamp();
        await target.SendAsync(method, path, body, type, lane);
        _samples.Enqueue((what, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
    }

    private void Report(string when)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"hold: {when}: {target.ResidentMb():0} MB resident"));
        List<(string What, double Ms)> samples = [];
        while (_samples.TryDequeue(out (string, double) one))
        {
            samples.Add(one);
        }

        foreach (IGrouping<string, double> group in samples.GroupBy(static one => one.What, static one => one.Ms))
        {
            double[] sorted = [.. group.Order()];
            (double half, double most) = (sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"hold:   {group.Key}: p50 {half:0.0} ms, p99 {most:0.0} ms"));
        }
    }
}
