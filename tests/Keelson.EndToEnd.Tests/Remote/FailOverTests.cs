using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.ApiServer;

namespace Keelson.EndToEnd.Tests.Remote;

/// <summary>Controllers and schedulers as processes of their own, two of each: one works, the other waits.</summary>
public sealed class FailOverTests
{
    private const string ControllerToken = "controller-token";
    private const string SchedulerToken = "scheduler-token";
    private const string Pods = "/api/v1/namespaces/default/pods";
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

    // What starts within the lease's time may take some more on a machine that is busy with other tests.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private static readonly string[] Election =
    [
        $"--leader-elect-lease-duration={(int)LeaseDuration.TotalSeconds}s", "--leader-elect-renew-deadline=4s",
        "--leader-elect-retry-period=500ms",
    ];

    [Fact]
    public async Task Killing_the_leaders_moves_the_work_within_the_lease_time_and_nothing_is_done_twice()
    {
        using ServerDirectory files = Prepare();
        await using RunningServer server = await files.StartAsync("--data-dir=" + files["data"]);
        WriteKubeconfigs(files, server.Port);
        using HttpClient admin = server.Client(ServerDirectory.AdminToken);
        await PostAsync(admin, "/api/v1/nodes", Node("one"));
        await PostAsync(admin, "/api/v1/nodes", Node("two"));
        await using ComponentProcess firstManager = Manager(files);
        await using ComponentProcess secondManager = Manager(files);
        await using ComponentProcess firstScheduler = Scheduler(files);
        await using ComponentProcess secondScheduler = Scheduler(files);
        await PostAsync(admin, "/apis/apps/v1/namespaces/default/deployments", Deployment("before", 5));
        await BoundAsync(admin, 5, Slack * 3);
        (ComponentProcess manager, ComponentProcess nextManager) =
            await LeaderOfAsync(firstManager, secondManager, "kube-controller-manager");
        (ComponentProcess scheduler, ComponentProcess nextScheduler) =
            await LeaderOfAsync(firstScheduler, secondScheduler, "kube-scheduler");
        await CheckPagesAsync(manager, "workqueue_adds_total{name=\"deployment-controller\"}");
        await CheckPagesAsync(scheduler,
            "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"scheduled\"} 5");

        manager.Kill();
        scheduler.Kill();
        long killed = Stopwatch.GetTimestamp();
        await PostAsync(admin, "/apis/apps/v1/namespaces/default/deployments", Deployment("after", 10));
        await BoundAsync(admin, 15, LeaseDuration + Slack);
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, LeaseDuration + Slack);
        Assert.True(await nextManager.LeadsAsync("kube-controller-manager"));
        Assert.True(await nextScheduler.LeadsAsync("kube-scheduler"));

        JsonArray sets = await ItemsAsync(admin, "/apis/apps/v1/namespaces/default/replicasets");
        Assert.Equal(2, sets.Count);
        JsonArray events = await ItemsAsync(admin, "/api/v1/namespaces/default/events");
        string[] created = [.. events.Where(static one => (string?)one!["reason"] == "SuccessfulCreate")
            .Select(static one => (string)one!["message"]!)];
        Assert.Equal(created.Distinct().Count(), created.Length);
        Assert.DoesNotContain(events, static one => (string?)one!["reason"] == "SuccessfulDelete");
        Assert.All(
            events.Where(static one => (string?)one!["reason"] == "Scheduled")
                .GroupBy(static one => (string)one!["message"]!),
            static one => Assert.Single(one));

        Assert.Equal(0, await nextScheduler.StopAsync());
        JsonNode lease = await GetAsync(admin,
            "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler");
        Assert.Equal("", (string?)lease["spec"]!["holderIdentity"] ?? "");
    }

    [Theory]
    [InlineData("scheduler")]
    [InlineData("controller-manager")]
    public async Task A_certificate_that_is_none_is_told_in_a_line(string role)
    {
        using ServerDirectory files = new();
        string none = Convert.ToBase64String(
            Encoding.UTF8.GetBytes("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
        files.Write("bad.conf", Kubeconfig(6443, $"{{client-certificate-data: {none}, client-key-data: {none}}}",
            "insecure-skip-tls-verify: true"));
        await using ComponentProcess process = new(files, role, "bad.conf", "--secure-port=0");
        Assert.Equal(1, await process.ExitAsync());
        string said = await process.SaidAsync();
        Assert.Contains("Error: ", said, StringComparison.Ordinal);
        Assert.Contains("certificate can't be used", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    private static ServerDirectory Prepare()
    {
        ServerDirectory files = new();
        File.AppendAllText(
            files["tokens.csv"],
                $"{ControllerToken},system:kube-controller-manager,3\n{SchedulerToken},system:kube-scheduler,4\n");
        return files;
    }

    private static void WriteKubeconfigs(ServerDirectory files, int port)
    {
        string authority = "certificate-authority: " + Path.Combine(files["certs"], "apiserver.crt");
        files.Write("controllers.conf", Kubeconfig(port, $"{{token: {ControllerToken}}}", authority));
        files.Write("scheduler.conf", Kubeconfig(port, $"{{token: {SchedulerToken}}}", authority));
    }

    private static string Kubeconfig(int port, string user, string cluster) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters: [{"{"}name: c, cluster: {"{"}server: "https://127.0.0.1:{port}", {cluster}{"}"}{"}"}]
        users: [{"{"}name: u, user: {user}{"}"}]
        contexts: [{"{"}name: c, context: {"{"}cluster: c, user: u{"}"}{"}"}]
        current-context: c
        """;

    private static ComponentProcess Manager(ServerDirectory files) => new(
        files, "controller-manager", "controllers.conf",
        ["--use-service-account-credentials=true", "--kube-api-qps=200", "--kube-api-burst=200", .. Election]);

    private static ComponentProcess Scheduler(ServerDirectory files) =>
        new(files, "scheduler", "scheduler.conf", Election);

    /// <summary>Which of two leads, and the other.</summary>
    private static async Task<(ComponentProcess Leader, ComponentProcess Other)> LeaderOfAsync(
        ComponentProcess one, ComponentProcess two, string lease)
    {
        bool isFirst = await one.LeadsAsync(lease);
        Assert.NotEqual(isFirst, await two.LeadsAsync(lease));
        return isFirst ? (one, two) : (two, one);
    }

    /// <summary>Health is for all to see, metrics and configuration for those whom the API server allows it.</summary>
    private static async Task CheckPagesAsync(ComponentProcess process, string metric)
    {
        Assert.Equal((200, "ok"), await process.GetAsync("/healthz"));
        Assert.Equal((200, "ok"), await process.GetAsync("/livez"));
        (int? code, string text) = await process.GetAsync("/readyz?verbose");
        Assert.Equal(200, code);
        Assert.Contains("[+]leaderElection ok", text, StringComparison.Ordinal);
        (code, text) = await process.GetAsync("/metrics");
        Assert.Equal(403, code);
        Assert.Contains("forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/metrics\\\"", text,
            StringComparison.Ordinal);
        Assert.Equal(403, (await process.GetAsync("/metrics", ServerDirectory.JoeToken)).Code);
        Assert.Equal(401, (await process.GetAsync("/metrics", "nobody's")).Code);
        (code, text) = await process.GetAsync("/metrics", ServerDirectory.AdminToken);
        Assert.Equal(200, code);
        Assert.Contains(metric, text, StringComparison.Ordinal);
        Assert.Contains("rest_client_requests_total{code=\"201\",host=\"127.0.0.1:", text, StringComparison.Ordinal);
        (code, text) = await process.GetAsync("/configz", ServerDirectory.AdminToken);
        Assert.Equal(200, code);
        Assert.Contains("\"LeaseDuration\":\"6s\"", text, StringComparison.Ordinal);
    }

    private static async Task BoundAsync(HttpClient client, int count, TimeSpan patience)
    {
        long started = Stopwatch.GetTimestamp();
        JsonArray pods;
        do
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < patience, $"{count} pods are not bound after {patience}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            pods = await ItemsAsync(client, Pods);
        }
        while (pods.Count(static one => one!["spec"]!["nodeName"] is not null) < count);

        Assert.Equal(count, pods.Count);
    }

    private static string Node(string name) =>
        """
        {"metadata":{"name":"NAME"},"status":{"allocatable":{"cpu":"8","memory":"16Gi","pods":"110"},
        "conditions":[{"type":"Ready","status":"True"}]}}
        """.Replace("NAME", name, StringComparison.Ordinal);

    private static string Deployment(string name, int replicas) =>
        """
        {"metadata":{"name":"NAME"},"spec":{"replicas":COUNT,"selector":{"matchLabels":{"app":"NAME"}},
        "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"c","image":"app"}]}}}}
        """
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("COUNT", replicas.ToString(System.Globalization.CultureInfo.InvariantCulture),
                StringComparison.Ordinal);

    private static async Task<JsonArray> ItemsAsync(HttpClient client, string path) =>
        (JsonArray)(await GetAsync(client, path))["items"]!;

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private static async Task PostAsync(HttpClient client, string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri(path, UriKind.Relative), body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
