using System.Diagnostics;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using OwnNode = Keelson.Api.Core.V1.Node;

namespace Keelson.Nodes.Tests.Live;

/// <summary>What the agent's configuration keeps containers from, seen from inside them.</summary>
public sealed class ConfinementTests(ConfinedNode confined) : IClassFixture<ConfinedNode>
{
    private readonly RunningNode _node = confined.Node;

    [Fact]
    public async Task Containers_that_choose_no_seccomp_profile_have_the_runtimes()
    {
        Skip();
        Pod pod = _node.NewPod("filtered", "grep", "Seccomp:", "/proc/self/status");
        Container free = pod.Spec.Containers[0] with
        {
            Name = "free",
            SecurityContext = new() { SeccompProfile = new() { Type = SeccompProfileType.Unconfined } },
        };
        await _node.CreateAsync(pod with
        {
            Spec = pod.Spec with { RestartPolicy = "Never", Containers = [pod.Spec.Containers[0], free] },
        });
        pod = await _node.UntilAsync("filtered", static one => one.Status.Phase == "Succeeded");
        Assert.EndsWith("Seccomp:\t2\n", _node.LogOf(pod, "main"), StringComparison.Ordinal);
        string own = File.ReadLines("/proc/self/status").Single(
            static line => line.StartsWith("Seccomp:", StringComparison.Ordinal));
        Assert.EndsWith(own + "\n", _node.LogOf(pod, "free"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_has_no_more_processes_than_it_may()
    {
        Skip();
        await _node.CreateAsync(_node.NewPod(
            "forks", "sh", "-c", "for i in $(seq 60); do sleep 1000 & done; echo unbound; sleep 1000"));
        Pod pod = await _node.UntilAsync("forks", one =>
            _node.LogOf(one, "main").Contains("can't fork", StringComparison.Ordinal));
        Assert.DoesNotContain("unbound", _node.LogOf(pod, "main"), StringComparison.Ordinal);

        // The pod's group, as one may look at it from outside: version 1 and version 2 of control groups.
        string most = Directory.GetDirectories("/sys/fs/cgroup", "*" + _node.Config.CgroupRoot, new EnumerationOptions
        {
            RecurseSubdirectories = true, MaxRecursionDepth = 1,
        }).SelectMany(one => Directory.GetDirectories(one, $"pod{pod.Metadata.Uid}", SearchOption.AllDirectories))
            .Select(static one => Path.Combine(one, "pids.max")).First(File.Exists);
        Assert.Equal("40\n", await File.ReadAllTextAsync(most));
    }

    [Fact]
    public async Task A_pod_without_the_hosts_users_has_its_own_or_is_told_why_not()
    {
        Skip();
        Pod pod = _node.NewPod("mapped", "sh", "-c", "cat /proc/self/uid_map; sleep 1000");
        pod = await _node.CreateAsync(pod with { Spec = pod.Spec with { HostUsers = false } });
        OwnNode self = (await _node.Client.GetAsync<OwnNode>("", _node.NodeName, default)).Value;
        if (self.Status.RuntimeHandlers.FirstOrDefault(static one => one.Name.Length == 0) is
            { Features.UserNamespaces: true })
        {
            pod = await _node.UntilAsync("mapped", one => _node.LogOf(one, "main").Contains('\n'));
            Assert.Matches(@" 0 +\d+ +65536\n$", _node.LogOf(pod, "main"));
            return;
        }

        const string Refusal = "Failed to create pod sandbox: can't set `spec.hostUsers: false`, "
            + "runtime does not support user namespaces";
        Stopwatch watch = Stopwatch.StartNew();
        while (!(await EventsAsync()).Any(static one => one.Reason == "FailedCreatePodSandBox"
            && one.Message.StartsWith(Refusal, StringComparison.Ordinal)))
        {
            Assert.True(watch.Elapsed.TotalSeconds < 30, "nobody is told");
            await Task.Delay(10);
        }
    }

    private static void Skip() => Assert.SkipWhen(RunningNode.Missing is not null, RunningNode.Missing ?? "");

    private async Task<IReadOnlyList<Event>> EventsAsync() =>
        (await _node.Client.ListAsync<Event>("default", ListRequest.All, default)).Value;
}

/// <summary>A node whose containers are confined more than by default.</summary>
public sealed class ConfinedNode : IAsyncLifetime
{
    public RunningNode Node { get; } = new()
    {
        Configure = static config => config with { DefaultSeccomp = true, PodProcessesMax = 40 },
    };

    public ValueTask InitializeAsync() => Node.InitializeAsync();

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
