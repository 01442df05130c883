using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;
using Keelson.Rpc;
using Keelson.Rpc.Protos;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Liveness, readiness and start-up probes of all kinds.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ProbeTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Probing container";

    // So many good answers in a row show that a probe does no harm.
    private const int Enough = 4;

    [Fact]
    [Conformance(
        Area, "with readiness probe should not be ready before initial delay and never restart [NodeConformance]")]
    public async Task With_readiness_probe_should_not_be_ready_before_initial_delay_and_never_restart()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode ready = await space.ServeAsync(RealManifests.Of(
            "delayed",
            "",
            RealManifests.Shell(
                "c",
                "serve 8080",
                "readinessProbe: {httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 3, periodSeconds: 1}")));
        DateTimeOffset started = Time(ready.Text("status.containerStatuses.0.state.running.startedAt"));
        DateTimeOffset since = Time(ready.Condition("Ready").Text("lastTransitionTime"));
        Assert.True(since - started >= TimeSpan.FromSeconds(3), $"{since} {started}");
        Assert.Equal(0, Restarts(ready));
    }

    [Fact]
    [Conformance(Area, "with readiness probe that fails should never be ready and never restart [NodeConformance]")]
    public async Task With_readiness_probe_that_fails_should_never_be_ready_and_never_restart()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using WatchStream watch = await space.Pods.WatchAsync();
        await space.Pods.CreateAsync(RealManifests.Sleeper(
            "failing", "readinessProbe: {exec: {command: [sh, -c, \"echo no > /proc/1/fd/1; exit 1\"]}, "
                + "periodSeconds: 1}"));
        await space.Pods.UntilAsync("failing", static one => one.Text("status.phase") == "Running");
        await space.LogUntilAsync("failing", static log => log.Times("no\n") >= Enough);
        JsonNode pod = await space.Pods.GetAsync("failing");
        Assert.Equal(0, Restarts(pod));
        Assert.Equal("ContainersNotReady", pod.Condition("Ready").Text("reason"));
        await space.Pods.DeleteAsync("failing");
        await NeverReadyAsync(watch);
    }

    [Fact]
    [Conformance(Area, "should be restarted with a exec \"cat /tmp/health\" liveness probe [NodeConformance]")]
    public async Task Should_be_restarted_with_an_exec_liveness_probe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Probed(
            "exec", "echo ok > /tmp/health; sleep 2; rm /tmp/health; sleep 600", Exec));
        await space.RestartedAsync("exec");
        await UnhealthyAsync(space, "cat: can't open '/tmp/health': No such file or directory");
    }

    [Fact]
    [Conformance(Area, "should *not* be restarted with a exec \"cat /tmp/health\" liveness probe [NodeConformance]")]
    public async Task Should_not_be_restarted_with_an_exec_liveness_probe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(Probed(
            "exec",
            "echo ok > /tmp/health; sleep 600",
            "exec: {command: [sh, -c, \"cat /tmp/health > /proc/1/fd/1\"]}"));
        await space.LogUntilAsync("exec", static log => log.Times("ok\n") >= Enough);
        Assert.Equal(0, Restarts(await space.Pods.GetAsync("exec")));
    }

    [Fact]
    [Conformance(Area, "should be restarted with a /healthz http liveness probe [NodeConformance]")]
    public async Task Should_be_restarted_with_a_healthz_http_liveness_probe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Probed("http", Ailing(2), Http));
        await space.RestartedAsync("http");
        await UnhealthyAsync(space, "Liveness probe failed: HTTP probe failed with statuscode: 500");
        IReadOnlyList<JsonNode> events = await space.Events.UntilAllAsync(
            static found => found.Any(static one => one.Text("reason") == "Killing"));
        Assert.Contains(
            events,
            static one => one.Text("message") == "Container c failed liveness probe, will be restarted");
    }

    [Fact]
    [Conformance(Area, "should *not* be restarted with a /healthz http liveness probe [NodeConformance]")]
    public async Task Should_not_be_restarted_with_a_healthz_http_liveness_probe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(Probed("http", "serve 8080", Http));
        string log = await space.LogUntilAsync("http", static log => log.Times("GET /healthz") >= Enough);
        Assert.Contains("User-Agent: kube-probe/1.36;", log, StringComparison.Ordinal);
        Assert.Equal(0, Restarts(await space.Pods.GetAsync("http")));
    }

    [Fact]
    [Conformance(Area, "should *not* be restarted with a tcp:8080 liveness probe [NodeConformance]")]
    public async Task Should_not_be_restarted_with_a_tcp_8080_liveness_probe()
    {
        // What is behind the port fails soon, but it can still be connected to.
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(Probed("tcp", Ailing(1), "tcpSocket: {port: 8080}"));
        await space.LogUntilAsync("tcp", static log => log.Split('\n').Length > Enough);
        Assert.Equal(0, Restarts(await space.Pods.GetAsync("tcp")));
    }

    [Fact]
    [Conformance(Area, "should have monotonically increasing restart count [NodeConformance]")]
    public async Task Should_have_monotonically_increasing_restart_count()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using WatchStream watch = await space.Pods.WatchAsync();
        await space.Pods.CreateAsync(Probed("http", Ailing(0), Http));
        long last = 0;
        while (last < 5)
        {
            JsonNode pod = await watch.UntilAsync("MODIFIED", one => Restarts(one) != last);
            Assert.Equal(last + 1, Restarts(pod));
            last++;
        }
    }

    [Fact]
    [Conformance(Area, "should *not* be restarted with a GRPC liveness probe [NodeConformance]")]
    public async Task Should_not_be_restarted_with_a_GRPC_liveness_probe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using HealthServer server = await HealthServer.StartAsync();
        await space.ServeAsync(Probed("grpc", "sleep 600", $"grpc: {{port: {server.Port}}}", "hostNetwork: true"));
        await server.AskedAsync(Enough);
        Assert.Equal(0, Restarts(await space.Pods.GetAsync("grpc")));

        // And the answer counts.
        server.IsServing = false;
        await space.RestartedAsync("grpc");
        await UnhealthyAsync(space, "Liveness probe failed: service unhealthy (responded with \"NOT_SERVING\")");
    }

    [Fact]
    [Conformance(Area, "should be restarted with a GRPC liveness probe [NodeConformance]")]
    public async Task Should_be_restarted_with_a_GRPC_liveness_probe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Probed("grpc", "sleep 600", "grpc: {port: 2333}"));
        await space.RestartedAsync("grpc");
        await UnhealthyAsync(space, "Liveness probe failed: timeout: failed to connect service \"");
    }

    [Fact]
    public async Task Nothing_else_is_probed_before_the_start_up_probe_succeeds()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using WatchStream watch = await space.Pods.WatchAsync();
        await space.Pods.CreateAsync(RealManifests.Sleeper(
            "starts",
            "startupProbe: {exec: {command: [test, -e, /tmp/started]}, periodSeconds: 1, failureThreshold: 60}, "
                + "livenessProbe: {exec: {command: [test, -e, /tmp/started]}, periodSeconds: 1, failureThreshold: 1}"));
        await UnhealthyAsync(space, "Startup probe failed: ");
        JsonNode pod = await space.Pods.GetAsync("starts");
        Assert.False((bool)pod.At("status.containerStatuses.0.started")!);
        Assert.False(pod.IsTrue("Ready"));
        await space.ShellAsync("starts", "touch /tmp/started");
        JsonNode ready = await space.Pods.UntilAsync("starts", static one => one.IsReadyPod());
        Assert.Equal(0, Restarts(ready));
        Assert.True((bool)ready.At("status.containerStatuses.0.started")!);
        await space.ShellAsync("starts", "rm /tmp/started");
        await space.RestartedAsync("starts");
    }

    private const string Exec = "exec: {command: [cat, /tmp/health]}";
    private const string Http = "httpGet: {path: /healthz, port: 8080}";

    /// <summary>A server whose health page fails after some seconds.</summary>
    private static string Ailing(int seconds) => seconds == 0
        ? "touch /tmp/unhealthy; serve 8080"
        : $"(sleep {seconds}; touch /tmp/unhealthy) & serve 8080";

    private static string Probed(string name, string script, string probe, string pod = "") => RealManifests.Of(
        name,
        pod,
        RealManifests.Shell("c", script, $"livenessProbe: {{{probe}, periodSeconds: 1, failureThreshold: 1}}"));

    private static long Restarts(JsonNode pod) => pod.Number("status.containerStatuses.0.restartCount");

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static async Task NeverReadyAsync(WatchStream watch)
    {
        while (await watch.NextAsync() is { Type: not "DELETED" } next)
        {
            Assert.False(next.Object.IsTrue("Ready"));
        }
    }

    private static Task<IReadOnlyList<JsonNode>> UnhealthyAsync(Workspace space, string message) =>
        space.Events.UntilAllAsync(found => found.Any(
            one => one.Text("reason") == "Unhealthy"
                && one.Text("message").Contains(message, StringComparison.Ordinal)));

    /// <summary>A server of this process that knows the gRPC health protocol.</summary>
    private sealed class HealthServer : IAsyncDisposable
    {
        private readonly SemaphoreSlim _asked = new(0);
        private RpcHost? _host;

        public bool IsServing { get; set; } = true;

        public int Port => _host!.Endpoints[0].Port;

        public static async Task<HealthServer> StartAsync()
        {
            HealthServer server = new();
            server._host = await RpcHost.StartAsync(
                new RpcServerBuilder().Unary(RpcHealth.Check, (_, _) => Task.FromResult(server.Answer())).Build(),
                [RpcListener.Tcp(new IPEndPoint(IPAddress.Any, 0))]);
            return server;
        }

        /// <summary>Waits until it was asked so many times.</summary>
        public async Task AskedAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Assert.True(await _asked.WaitAsync(TimeSpan.FromSeconds(30)), "nobody asks");
            }
        }

        public ValueTask DisposeAsync() => _host!.DisposeAsync();

        private HealthCheckResponse Answer()
        {
            _asked.Release();
            return new HealthCheckResponse
            {
                Status = IsServing
                    ? HealthCheckResponse.Types.ServingStatus.Serving
                    : HealthCheckResponse.Types.ServingStatus.NotServing,
            };
        }
    }
}
