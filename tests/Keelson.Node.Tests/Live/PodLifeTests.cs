using System.Diagnostics;
using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Tests.Live;

/// <summary>Pods in real containers, from their creation to their end.</summary>
public sealed class PodLifeTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task A_pod_runs_writes_its_log_and_ends()
    {
        Assert.SkipWhen(RunningNode.Missing is not null, RunningNode.Missing ?? "");
        await node.CreateAsync(node.NewPod("first", "sh", "-c", "echo hello; exec sleep 1000"));
        Pod pod = await node.UntilAsync("first", IsReady);
        Assert.Equal("Running", pod.Status.Phase);
        Assert.StartsWith("containerd://", pod.Status.ContainerStatuses[0].ContainerID, StringComparison.Ordinal);
        Assert.StartsWith("10.213.", pod.Status.PodIP, StringComparison.Ordinal);
        Assert.Contains(" stdout F hello\n", node.LogOf(pod, "main"), StringComparison.Ordinal);
        await node.DeleteAsync("first");
        await node.GoneAsync("first");
    }

    [Fact]
    public async Task Many_pods_start_and_end_soon()
    {
        Assert.SkipWhen(RunningNode.Missing is not null, RunningNode.Missing ?? "");
        Stopwatch watch = Stopwatch.StartNew();
        await node.CreateAsync(node.NewPod("one", "sleep", "1000"));
        await node.UntilAsync("one", IsReady);
        TimeSpan one = watch.Elapsed;
        watch.Restart();
        string[] names = [.. Enumerable.Range(0, 29).Select(static i => $"many-{i}")];
        await Task.WhenAll(names.Select(name => node.CreateAsync(node.NewPod(name, "sleep", "1000"))));
        await Task.WhenAll(names.Select(name => node.UntilAsync(name, IsReady, 60)));
        TimeSpan many = watch.Elapsed;
        watch.Restart();
        names = [.. names, "one"];
        await Task.WhenAll(names.Select(name => node.DeleteAsync(name)));
        await Task.WhenAll(names.Select(name => node.GoneAsync(name, 60)));
        TestContext.Current.SendDiagnosticMessage(
            $"one ready pod {one.TotalMilliseconds:F0} ms, 29 more {many.TotalMilliseconds:F0} ms, "
            + $"30 deleted {watch.Elapsed.TotalMilliseconds:F0} ms");

        // Far from what it takes; a machine under load must not fail the test.
        Assert.True(one + many + watch.Elapsed < TimeSpan.FromSeconds(60));
    }

    private static bool IsReady(Pod pod) =>
        pod.Status.Conditions.Any(static one => one is { Type: "Ready", Status: "True" });
}
