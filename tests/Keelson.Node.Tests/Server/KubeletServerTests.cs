using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Keelson.Nodes.Server;
using Keelson.Nodes.Server.Access;
using Keelson.Nodes.Server.Endpoints;
using Keelson.Streaming.Spdy;
using Keelson.Streaming.WebSockets;

namespace Keelson.Nodes.Tests.Server;

/// <summary>The kubelet's server, as clients see it.</summary>
public sealed class KubeletServerTests
{
    private const string Log = "/containerLogs/default/web/main";

    [Fact]
    public async Task Who_shows_nothing_is_refused_unless_anonymous_requests_are_allowed()
    {
        await using KubeletFixture closed = await KubeletFixture.StartAsync();
        await using KubeletFixture open = await KubeletFixture.StartAsync(new KubeletAccessConfig { Anonymous = true });
        Assert.Equal((401, "Unauthorized"), await closed.GetAsync("/healthz", isAdmin: false));
        Assert.Equal(
            (403, "Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource(s)=[healthz proxy])\n"),
            await open.GetAsync("/healthz", isAdmin: false));
    }

    [Fact]
    public async Task Tokens_and_access_are_reviewed_once_and_remembered()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        Assert.Equal(200, (await kubelet.GetAsync("/metrics/resource", "good", isAdmin: false)).Code);
        Assert.Equal(200, (await kubelet.GetAsync("/metrics/resource", "good", isAdmin: false)).Code);
        Assert.Equal(403, (await kubelet.GetAsync("/logs/", "good", isAdmin: false)).Code);
        Assert.Equal(401, (await kubelet.GetAsync("/metrics/resource", "bad", isAdmin: false)).Code);
        Assert.Equal(
            ["token", "reader get nodes/metrics node-7", "reader get nodes/log node-7", "token"], kubelet.Api.Asked);
    }

    [Theory]
    [InlineData("/pods", "pods proxy")]
    [InlineData("/runningpods/", "pods proxy")]
    [InlineData("/healthz/ping", "healthz proxy")]
    [InlineData("/configz", "configz proxy")]
    [InlineData("/stats/summary", "stats")]
    [InlineData("/metrics/cadvisor", "metrics")]
    [InlineData("/logs/messages", "log")]
    [InlineData("/checkpoint/a/b/c", "checkpoint")]
    [InlineData("/exec/a/b/c", "proxy")]
    [InlineData("/podsandmore", "proxy")]
    public void Paths_have_subresources_of_their_own(string path, string subresources) =>
        Assert.Equal(subresources, string.Join(' ', KubeletAuthorization.SubresourcesOf(path)));

    [Fact]
    public async Task Pages_for_operators_and_counts_of_checks_are_served()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        Assert.Contains("\nkubelet statusz\n", (await kubelet.GetAsync("/statusz")).Text, StringComparison.Ordinal);
        Assert.Contains("\nkubelet flagz\n", (await kubelet.GetAsync("/flagz")).Text, StringComparison.Ordinal);
        await kubelet.GetAsync("/healthz/ping");
        (int code, string slis) = await kubelet.GetAsync("/metrics/slis");
        Assert.Equal(200, code);
        Assert.Contains(
            "kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"healthz\"} 1\n", slis,
            StringComparison.Ordinal);
        string own = (await kubelet.GetAsync("/metrics")).Text;
        Assert.Contains(
            "kubelet_http_requests_total{long_running=\"false\",method=\"GET\",path=\"healthz\","
                + "server_type=\"readwrite\"} 1\n",
            own, StringComparison.Ordinal);
        Assert.Contains("kubernetes_build_info{", own, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Log, 200, "one\ntwo\noops\n")]
    [InlineData(Log + "?tailLines=1", 200, "oops\n")]
    [InlineData(Log + "?tail=all&stream=Stderr", 200, "oops\n")]
    [InlineData(Log + "?limitBytes=5", 200, "one\nt")]
    [InlineData(Log + "?timestamps=true&tailLines=3", 200,
        "2026-01-02T03:04:06.000000000Z two\n2026-01-02T03:04:08.000000000Z oops\n")]
    [InlineData(Log + "?sinceTime=2026-01-02T03:04:08Z", 200, "oops\n")]
    [InlineData(Log + "?tailLines=x", 400, "{\"message\": \"Unable to decode query.\"}")]
    [InlineData(Log + "?tailLines=-1", 422, "{\"message\": \"Invalid request.\"}")]
    [InlineData(Log + "?previous=true", 400, "previous terminated container \"main\" in pod \"web\" not found")]
    [InlineData("/containerLogs/default/gone/main", 404, "pod \"gone\" does not exist\n")]
    [InlineData("/containerLogs/default/web/other", 404, "container \"other\" not found in pod \"web\"\n")]
    [InlineData("/containerLogs/default/slow/main", 400,
        "container \"main\" in pod \"slow\" is waiting to start: trying and failing to pull image")]
    [InlineData("/exec/default/gone/main?output=1&command=ls", 404, "pod does not exist")]
    [InlineData("/exec/default/slow/main?output=1&command=ls", 500, "container not found (\"main\")")]
    [InlineData("/attach/default/slow/main?output=1", 500, "container main not found in pod slow_default")]
    [InlineData("/exec/default/web/main?command=ls", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("/portForward/default/slow", 500, "pod not found (\"slow_default\")")]
    [InlineData("/run/default/web/main?cmd=ls", 405, "405: Method Not Allowed")]
    [InlineData("/checkpoint/default/web/main", 405, "405: Method Not Allowed")]
    [InlineData("/run/default", 404, "404: Page Not Found")]
    [InlineData("/nowhere", 404, "404 page not found\n")]
    [InlineData("/healthz/nothing", 404, "404 page not found\n")]
    [InlineData("/debug/pprof/heap", 404, "Unknown profile\n")]
    [InlineData("/debug/flags/v", 406, "unsupported http method")]
    public async Task Answers_are_upstreams(string path, int code, string text)
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        Assert.Equal((code, text), await kubelet.GetAsync(path));
    }

    [Fact]
    public async Task Nobody_is_asked_who_they_are_where_nothing_is_served()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        Assert.Equal((404, "404 page not found\n"), await kubelet.GetAsync("/metrics/more", isAdmin: false));
        Assert.Equal((401, "Unauthorized"), await kubelet.GetAsync("/pods/more", isAdmin: false));
        Assert.Equal((401, "Unauthorized"), await kubelet.GetAsync("/logs", isAdmin: false));
    }

    [Theory]
    [InlineData("/debug/pprof/cmdline", "profiling endpoint is disabled.\n")]
    [InlineData("/debug/flags/v", "flags endpoint is disabled.\n")]
    [InlineData("/logs/", "logs endpoint is disabled.\n")]
    public async Task What_is_switched_off_says_so(string path, string text)
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync(
            change: static one => one with { ServesProfiling = false, ServesDebugFlags = false });
        Assert.Equal((405, text), await kubelet.GetAsync(path));
    }

    [Theory]
    [InlineData("/containerLogs/default/web/main", 405, "Debug endpoints are disabled.\n")]
    [InlineData("/debug/pprof/", 405, "Debug endpoints are disabled.\n")]
    [InlineData("/configz", 404, "404 page not found\n")]
    [InlineData("/debug/flags/v", 404, "404 page not found\n")]
    [InlineData("/healthz", 200, "ok")]
    public async Task Without_debugging_little_is_left(string path, int code, string text)
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync(
            change: static one => one with { ServesDebugging = false });
        Assert.Equal((code, text), await kubelet.GetAsync(path));
    }

    [Fact]
    public async Task How_much_is_logged_can_be_changed_while_the_agent_runs()
    {
        LogVerbosity verbosity = new();
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync(
            change: one => one with { Verbosity = verbosity });
        await kubelet.GetAsync("/healthz");
        Assert.Equal(
            (400, "failed set klog.logging.verbosity x: strconv.ParseInt: parsing \"x\": invalid syntax"),
            await kubelet.PutAsync("/debug/flags/v", "x"));
        Assert.Equal(
            (200, "successfully set klog.logging.verbosity to 4"), await kubelet.PutAsync("/debug/flags/v", "4"));
        Assert.Equal(4, verbosity.Level);
        await kubelet.GetAsync("/healthz/ping");
        Assert.DoesNotContain(kubelet.Logged, static one => one.Contains("URI=\"/healthz\"", StringComparison.Ordinal));
        for (int i = 0; i < 100 && !kubelet.Logged.Any(IsPing); i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Single(kubelet.Logged, IsPing);

        static bool IsPing(string line) =>
            line.Contains("\"HTTP\" verb=\"GET\" URI=\"/healthz/ping\"", StringComparison.Ordinal)
            && line.EndsWith("resp=200", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/logs/known.log", 200, "written\n")]
    [InlineData("/logs/?query=known", 200, "written\n")]
    [InlineData("/logs/?query=/known.log", 200, "written\n")]
    [InlineData("/logs/?query=unknown", 200, "\nlog not found for unknown\n")]
    [InlineData("/logs/?query=known&tailLines=2", 200,
        "\noptions present and query resolved to log files for [known]\ntry without specifying options\n")]
    [InlineData("/logs/?query=", 400, "query: Invalid value: [\"\"]: query cannot be empty\n")]
    [InlineData("/logs/?query=a&sinceTime=now", 400, "sinceTime: Invalid value: \"now\": invalid time format\n")]
    [InlineData("/logs/?query=a&boot=b", 400,
        "boot: Invalid value: \"b\": strconv.Atoi: parsing \"b\": invalid syntax\n")]
    [InlineData("/logs/known.log?query=known", 406, "path not allowed in query mode\n")]
    [InlineData("/logs/?tailLines=2", 406, "query: Required value: cannot be empty with options\n")]
    [InlineData("/logs/?query=a%20b", 406, "query: Invalid value: \"a b\": input contains unsupported characters\n")]
    [InlineData("/logs/?query=a&query=/b", 406,
        "query: Invalid value: \"[/b], [a]\": cannot specify a file and service\n")]
    [InlineData("/logs/?query=/b&boot=0", 406,
        "query: Invalid value: [\"/b\"]: cannot specify file with options\n")]
    [InlineData("/logs/?query=a&boot=1", 406, "boot: Invalid value: 1: must be less than 1\n")]
    [InlineData("/logs/?query=a&tailLines=-1", 406,
        "tailLines: Invalid value: -1: must be between 0 and 100000, inclusive\n")]
    [InlineData("/logs/?query=a&sinceTime=2026-01-02T00:00:00Z&untilTime=2026-01-01T00:00:00Z", 406,
        "untilTime: Invalid value: \"2026-01-01T00:00:00Z\": must be after `sinceTime`\n")]
    public async Task Logs_of_services_can_be_asked_for(string path, int code, string text)
    {
        string directory = Directory.CreateTempSubdirectory("keelson-logs-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "known.log"), "written\n");
            await using KubeletFixture kubelet = await KubeletFixture.StartAsync(
                change: one => one with { SystemLogDirectory = directory, AnswersLogQueries = true });
            Assert.Equal((code, text), await kubelet.GetAsync(path));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void The_journal_is_asked_as_upstream_asks_it()
    {
        NodeLogQuery query = new()
        {
            Services = ["a"], Files = [], TailLines = 5, Boot = -1, Pattern = "x.*",
            Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
        Assert.Equal(
            [
                "--utc", "--no-pager", "--output=short-precise", "--since=2026-1-2 3:4:5", "--pager-end", "--lines=5",
                "--unit=a", "--grep=x.*", "--case-sensitive=false", "--boot", "-1",
            ],
            query.ToArguments(["a"]));
    }

    [Fact]
    public async Task A_log_that_is_followed_comes_as_it_grows()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        using StreamReader reader = await kubelet.FollowAsync(Log + "?follow=true&tailLines=1");
        Assert.Equal("oops", await reader.ReadLineAsync());
        kubelet.Backend.Grow.SetResult();
        Assert.Equal("grown", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Commands_run_over_spdy_with_input_sizes_and_status()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        const string Success = "{\"metadata\":{},\"status\":\"Success\"}";
        Assert.Equal(("hello", "", Success), await kubelet.ExecAsync("input=1&output=1&command=cat", "hello"));
        Assert.Equal(("80x25", "", Success), await kubelet.ExecAsync("output=1&tty=1&command=size"));
        Assert.Equal(
            ("", "bye", "{\"metadata\":{},\"status\":\"Failure\","
                + "\"message\":\"command terminated with non-zero exit code: "
                + "command terminated with exit code 7\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":["
                + "{\"reason\":\"ExitCode\",\"message\":\"7\"}]}}"),
            await kubelet.ExecAsync("output=1&error=1&command=exit&command=7"));
        Assert.Equal(
            ("", "", "error executing command in container: no such command"),
            await kubelet.ExecAsync("output=1&command=fail", protocol: "v2.channel.k8s.io"));
    }

    [Fact]
    public async Task Commands_run_over_web_sockets_whose_input_can_be_closed()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        using ClientWebSocket socket = await kubelet.SocketAsync(
            "/exec/default/web/main?input=1&output=1&command=cat", "v5.channel.k8s.io");
        ChannelSocket channels = new(socket);
        await channels.SendAsync(0, "hello"u8.ToArray(), TestContext.Current.CancellationToken);
        await channels.SendAsync(ChannelSocket.CloseChannel, new byte[] { 0 }, TestContext.Current.CancellationToken);
        StringBuilder text = new();
        await channels.ReceiveAsync(
            (channel, data) =>
            {
                text.Append(channel).Append(':').Append(Encoding.UTF8.GetString(data.Span)).Append('\n');
                return default;
            },
            TestContext.Current.CancellationToken);
        Assert.Equal("1:hello\n3:{\"metadata\":{},\"status\":\"Success\"}\n", text.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ports_are_forwarded_over_pairs_of_streams(bool hasRequestIds)
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        await using SpdyConnection connection =
            await kubelet.SpdyAsync("/portForward/default/web", "portforward.k8s.io");
        Assert.Equal(("HELLO.", ""), await ForwardAsync(connection, 8080, hasRequestIds));
        Assert.Equal(
            ("", "error forwarding port 80 to pod web_default, uid uid-web: connection refused"),
            await ForwardAsync(connection, 80, hasRequestIds));
    }

    [Fact]
    public async Task Ports_are_forwarded_over_channels_that_begin_with_the_port()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        using ClientWebSocket socket = await kubelet.SocketAsync(
            "/portForward/default/web?port=8080", "v4.channel.k8s.io");
        ChannelSocket channels = new(socket);
        await channels.SendAsync(0, "hello."u8.ToArray(), TestContext.Current.CancellationToken);
        List<string> received = [];
        Task receiving = channels.ReceiveAsync(
            (channel, data) =>
            {
                received.Add($"{channel}:{Convert.ToHexString(data.Span)}");
                return received.Count == 3 ? channels.SayGoodbyeAsync() : default;
            },
            TestContext.Current.CancellationToken);
        await receiving.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["0:901F", "1:901F", "0:48454C4C4F2E"], received);
    }

    [Fact]
    public async Task Figures_are_shown_as_a_summary_and_as_metrics()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        using JsonDocument summary = JsonDocument.Parse((await kubelet.GetAsync("/stats/summary")).Text);
        JsonElement pod = summary.RootElement.GetProperty("pods")[0];
        Assert.Equal("web", pod.GetProperty("podRef").GetProperty("name").GetString());
        Assert.Equal(250_000_000, pod.GetProperty("cpu").GetProperty("usageNanoCores").GetInt64());
        string resource = (await kubelet.GetAsync("/metrics/resource")).Text;
        Assert.Contains(
            "# TYPE container_cpu_usage_seconds_total counter\n"
            + "container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\",pod=\"web\"} "
            + "12.5 1767323045000\n",
            resource);
        Assert.Contains("node_memory_working_set_bytes 4096 1767323045000\n", resource);
        Assert.Contains("resource_scrape_error 0\n", resource);
        Assert.Contains(
            "container_memory_working_set_bytes{container=\"main\",id=\"\",image=\"\",name=\"\","
            + "namespace=\"default\",pod=\"web\"}",
            (await kubelet.GetAsync("/metrics/cadvisor")).Text);
        Assert.Contains("kubelet_running_pods 1\n", (await kubelet.GetAsync("/metrics")).Text);
    }

    [Fact]
    public async Task Pods_are_listed_without_kinds_of_their_own()
    {
        await using KubeletFixture kubelet = await KubeletFixture.StartAsync();
        using JsonDocument pods = JsonDocument.Parse((await kubelet.GetAsync("/pods")).Text);
        Assert.Equal("PodList", pods.RootElement.GetProperty("kind").GetString());
        Assert.Equal(2, pods.RootElement.GetProperty("items").GetArrayLength());
        Assert.False(pods.RootElement.GetProperty("items")[0].TryGetProperty("kind", out _));
    }

    private static async Task<(string Data, string Error)> ForwardAsync(
        SpdyConnection connection, int port, bool number)
    {
        Dictionary<string, string> headers = new()
        {
            ["streamtype"] = "error",
            ["port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        if (number)
        {
            headers["requestID"] = "7";
        }

        SpdyStream error = await connection.OpenStreamAsync(headers, TestContext.Current.CancellationToken);
        await error.CompleteWritesAsync();
        headers["streamtype"] = "data";
        SpdyStream data = await connection.OpenStreamAsync(headers, TestContext.Current.CancellationToken);
        await data.WriteAsync("hello."u8.ToArray());
        return (await KubeletFixture.ReadAsync(data), await KubeletFixture.ReadAsync(error));
    }
}
