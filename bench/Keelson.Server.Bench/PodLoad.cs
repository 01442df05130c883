using System.Diagnostics;
using System.Text.Json;

namespace Keelson.Server.Bench;

/// <summary>Pods of some 4.6 kB that nobody schedules: fills the server with them, or creates, changes and deletes
/// them.</summary>
internal sealed class PodLoad(BenchTarget target)
{
    /// <summary>Where the pods are.</summary>
    public const string Path = "/api/v1/namespaces/bench/pods";

    private const int InFlight = 32;

    private static readonly string Note = new('x', 700);

    /// <summary>Creates pods until there are so many.</summary>
    public async Task FillAsync(int count)
    {
        await PrepareAsync();
        int there = await CountAsync();
        double cpu = target.CpuMs();
        long start = Stopwatch.GetTimestamp();
        await ManyAsync(there, count, i => target.SendAsync(HttpMethod.Post, Path, Pod(i), lane: i));
        int created = Math.Max(count - there, 1);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(
            $"fill: {created / seconds:F0} pods/s, {(target.CpuMs() - cpu) * 1000 / created:F0} us each; {count} pods, {target.ResidentMb():F0} MB resident");
    }

    /// <summary>Creates, patches and deletes pods besides those that are there, and says what the memory
    /// does.</summary>
    public async Task ChurnAsync(TimeSpan lasts)
    {
        await PrepareAsync();
        long start = Stopwatch.GetTimestamp();
        TimeSpan nextReport = TimeSpan.Zero;
        int round = 0;
        while (Stopwatch.GetElapsedTime(start) < lasts)
        {
            await ManyAsync(0, 500, i => target.SendAsync(HttpMethod.Post, Path, Pod(1_000_000 + i), lane: i));
            await ManyAsync(0, 500, i => target.SendAsync(
                HttpMethod.Patch,
                $"{Path}/pod-{1_000_000 + i:d6}",
                $$$$"""{"metadata":{"annotations":{"round":"{{{{round}}}}"}}}""",
                "application/merge-patch+json",
                i));
            await ManyAsync(0, 500, i => target.SendAsync(HttpMethod.Delete, $"{Path}/pod-{1_000_000 + i:d6}?gracePeriodSeconds=0", lane: i));
            round++;
            if (Stopwatch.GetElapsedTime(start) >= nextReport)
            {
                nextReport += TimeSpan.FromSeconds(20);
                Console.WriteLine($"churn: after {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, {round * 1500} writes: {target.ResidentMb():F0} MB");
            }
        }
    }

    private async Task PrepareAsync()
    {
        await target.SendAsync(HttpMethod.Post, "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"bench"}}""");
        await target.SendAsync(
            HttpMethod.Post,
            "/api/v1/namespaces/bench/serviceaccounts",
            """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"}}""");
    }

    private async Task<int> CountAsync()
    {
        using JsonDocument page = JsonDocument.Parse(await target.SendAsync(HttpMethod.Get, Path + "?limit=1"));
        int shown = page.RootElement.GetProperty("items").GetArrayLength();
        return page.RootElement.GetProperty("metadata").TryGetProperty("remainingItemCount", out JsonElement rest)
            ? rest.GetInt32() + shown
            : shown;
    }

    private static async Task ManyAsync(int from, int to, Func<int, Task> send)
    {
        int next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < to; i = Interlocked.Increment(ref next))
            {
                await send(i);
            }
        }));
    }

    private static string Pod(int i) => $$$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-{{{{i:d6}}}}","labels":{"app":"web-{{{{i % 50}}}}","tier":"backend",
        "team":"team-{{{{i % 7}}}}"},"annotations":{"example.com/note":"{{{{Note}}}}"}},"spec":{"nodeSelector":{"bench/never":"true"},
        "schedulerName":"none","containers":[{"name":"app","image":"registry.example.com/team/app:1.2.3",
        "args":["--listen=:8080","--log=json"],"ports":[{"containerPort":8080,"name":"http"}],
        "env":[{"name":"A","value":"1"},{"name":"NODE","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}],
        "resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"cpu":"1","memory":"512Mi"}},
        "livenessProbe":{"httpGet":{"path":"/healthz","port":8080}},"readinessProbe":{"httpGet":{"path":"/readyz","port":8080}},
        "volumeMounts":[{"name":"tmp","mountPath":"/tmp"}]}],"volumes":[{"name":"tmp","emptyDir":{}}]}}
        """;
}
