using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>What containers have done after their start and before their end.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ContainerLifecycleHookTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook";

    [Fact]
    [Conformance(Area, "should execute poststart exec hook properly [NodeConformance]")]
    public async Task Should_execute_poststart_exec_hook_properly()
    {
        (Workspace space, string server) = await ServerAsync();
        await space.ServeAsync(
            Hooked("hooked", $"postStart: {{exec: {{command: [get, \"{server}\", \"8080\", /exec]}}}}"));
        await space.LogUntilAsync("server", static log => log.Times("GET /exec") == 1);
    }

    [Fact]
    [Conformance(Area, "should execute poststart http hook properly [NodeConformance]")]
    public async Task Should_execute_poststart_http_hook_properly()
    {
        (Workspace space, string server) = await ServerAsync();
        await space.ServeAsync(Hooked(
            "hooked",
            $"postStart: {{httpGet: {{host: \"{server}\", port: 8080, path: /http?a=b, "
                + "httpHeaders: [{name: X-Hook, value: v}]}}"));
        string log = await space.LogUntilAsync("server", static log => log.Times("GET /http?a=b") == 1);
        Assert.Contains("X-Hook: v;", log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Conformance(Area, "should execute prestop exec hook properly [NodeConformance]")]
    public async Task Should_execute_prestop_exec_hook_properly()
    {
        (Workspace space, string server) = await ServerAsync();
        await space.ServeAsync(
            Hooked("hooked", $"preStop: {{exec: {{command: [get, \"{server}\", \"8080\", /exec]}}}}"));
        await space.Pods.DeleteAsync("hooked");
        await space.LogUntilAsync("server", static log => log.Times("GET /exec") == 1);
        await space.Pods.GoneAsync("hooked");
    }

    [Fact]
    [Conformance(Area, "should execute prestop http hook properly [NodeConformance]")]
    public async Task Should_execute_prestop_http_hook_properly()
    {
        (Workspace space, string server) = await ServerAsync();
        await space.ServeAsync(
            Hooked("hooked", $"preStop: {{httpGet: {{host: \"{server}\", port: 8080, path: /http}}}}"));
        await space.Pods.DeleteAsync("hooked");
        await space.LogUntilAsync("server", static log => log.Times("GET /http") == 1);
        await space.Pods.GoneAsync("hooked");
    }

    [Fact]
    [Conformance("[sig-node] PreStop should call prestop when killing a pod")]
    public async Task Should_call_prestop_when_killing_a_pod()
    {
        // The hook is called once, while the container still runs, and the container is stopped after it.
        (Workspace space, string server) = await ServerAsync();
        await space.ServeAsync(RealManifests.Of(
            "tester",
            "terminationGracePeriodSeconds: 30",
            RealManifests.Shell(
                "c",
                $"trap 'get {server} 8080 /stopped; exit 0' TERM; while :; do sleep 0.1; done",
                $"lifecycle: {{preStop: {{exec: {{command: [get, \"{server}\", \"8080\", /prestop]}}}}}}")));
        await space.Pods.DeleteAsync("tester");
        JsonNode stopping = await space.Pods.GetAsync("tester");
        Assert.True(stopping.Has("metadata.deletionTimestamp"));
        await space.Pods.GoneAsync("tester");
        string log = await space.LogAsync("server");
        Assert.Equal((1, 1), (log.Times("GET /prestop"), log.Times("GET /stopped")));
        Assert.True(log.IndexOf("/prestop", StringComparison.Ordinal) < log.IndexOf("/stopped"), log);
    }

    [Fact]
    public async Task A_container_whose_poststart_hook_fails_is_killed()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Hooked(
            "hooked", "postStart: {exec: {command: [sh, -c, \"echo wrong >&2; exit 3\"]}}", "restartPolicy: Never"));
        await space.Pods.UntilAsync("hooked", static one => one.Text("status.phase") == "Succeeded");
        IReadOnlyList<JsonNode> events = await space.Events.UntilAllAsync(
            static found => found.Any(static one => one.Text("reason") == "FailedPostStartHook"));
        JsonNode failed = events.First(static one => one.Text("reason") == "FailedPostStartHook");
        Assert.Equal("PostStartHook failed", failed.Text("message"));
    }

    [Fact]
    public async Task A_sleep_before_the_end_takes_its_time_and_not_more_than_the_grace_period()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(Hooked("short", "preStop: {sleep: {seconds: 1}}"));
        await space.ServeAsync(
            Hooked("long", "preStop: {exec: {command: [sleep, \"30\"]}}", "terminationGracePeriodSeconds: 1"));
        long start = TimeProvider.System.GetTimestamp();
        await space.Pods.DeleteAsync("short");
        await space.Pods.DeleteAsync("long");
        await space.Pods.GoneAsync("short");
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromSeconds(1));
        await space.Pods.GoneAsync("long");
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
    }

    private static string Hooked(string name, string hook, string pod = "") => RealManifests.Of(
        name,
        pod.Contains("Grace", StringComparison.Ordinal) ? pod : pod + "\nterminationGracePeriodSeconds: 5",
        RealManifests.Shell(
            "c", "trap 'exit 0' TERM; while :; do sleep 0.1; done", $"lifecycle: {{{hook}}}"));

    private async Task<(Workspace Space, string Address)> ServerAsync()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode server = await space.ServeAsync(RealManifests.Server("server"));
        return (space, server.Text("status.podIP"));
    }
}
