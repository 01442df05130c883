using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Kubectl;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>Manifests as users have them, unchanged: what they ask for runs on a real node and answers.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ManifestTests(NodeClusterFixture cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Everything_that_users_apply_runs_and_answers()
    {
        NodeClusterFixture.SkipUnlessPossible();
        Assert.SkipWhen(KubectlVersion.Installed.Count == 0, "there is no kubectl on the PATH");
        string manifests = Path.Combine(AppContext.BaseDirectory, "Nodes", "Manifests");
        try
        {
            await ApplyAndAskAsync(manifests);
        }
        finally
        {
            // What they run asks for most of a small node's processors.
            await KubectlAsync("delete", "-f", manifests, "--wait=false", "--ignore-not-found");
            await KubectlAsync("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=60s");
        }
    }

    private async Task ApplyAndAskAsync(string manifests)
    {
        foreach (string file in Directory.GetFiles(manifests, "*.yaml").Order(StringComparer.Ordinal))
        {
            await KubectlAsync("apply", "-f", file);
        }

        await cluster.EventuallyAsync(
            "/apis/apps/v1/namespaces/default/deployments/web-app",
                static one => (int?)one["status"]?["availableReplicas"] >= 2);
        await RunsAsync("nginx-with-claim");
        await RunsAsync("nginx-with-secret");
        await cluster.EventuallyAsync(
            "/apis/apps/v1/namespaces/default/statefulsets/mysql",
                static one => (int?)one["status"]?["readyReplicas"] == 3);
        await ClaimsAreBoundAsync();
        await ServiceAnswersAsync();
        await IngressAnswersAsync();
        Assert.Equal("admin", await KubectlAsync("exec", "nginx-with-secret", "--", "cat", "/etc/secret/username"));
        Assert.Equal("secret", await KubectlAsync("exec", "nginx-with-secret", "--", "sh", "-c", "echo -n $PASSWORD"));
        Assert.Contains("3306", await KubectlAsync("exec", "mysql-2", "--", "sh", "-c", "getent hosts mysql-0.mysql "
            + ">/dev/null && echo 3306 reached | nc -w 2 $(getent hosts mysql-0.mysql | awk '{print $1}') 3306"));
        await QuotaRefusesAsync();
        await PolicyBlocksAsync();
        await AutoscalerMeasuresAsync();
    }

    private static bool IsBound(JsonNode list, int count) =>
        (JsonArray)list["items"]! is var items
        && items.Count(static one => (string?)one!["status"]!["phase"] == "Bound") >= count;

    private async Task ClaimsAreBoundAsync()
    {
        // The claim of the manifest, and one of each of the stateful set's pods. The other waits for a pod of its own.
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/default/persistentvolumeclaims", static list => IsBound(list, 4));
    }

    private async Task ServiceAnswersAsync()
    {
        await KubectlAsync(
            "run", "client", "--image=busybox", "--restart=Never", "--", "sh", "-c",
                "get web-service && get $WEB_SERVICE_SERVICE_HOST");
        JsonNode client = await cluster.EventuallyAsync(
            "/api/v1/namespaces/default/pods/client",
            static one => (string?)one["status"]!["phase"] is "Succeeded" or "Failed");
        string log = await KubectlAsync("logs", "client");
        Assert.True((string?)client["status"]!["phase"] == "Succeeded", log);
        Assert.Equal(2, log.Split("Welcome to nginx!</h1>").Length - 1);
    }

    private async Task IngressAnswersAsync()
    {
        using HttpClient browser = new() { BaseAddress = cluster.Ingress };
        browser.DefaultRequestHeaders.Host = "example.com";
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await browser.GetAsync("/");
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    Assert.Contains("Welcome to nginx!", await answer.Content.ReadAsStringAsync());
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // The proxy is not up yet.
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "the ingress does not answer");
            await Task.Delay(50);
        }
    }

    /// <summary>The autoscaler knows what the deployment's pods really use of processors and memory.</summary>
    private async Task AutoscalerMeasuresAsync()
    {
        JsonNode scaler = await cluster.EventuallyAsync(
            "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/nginx-hpa",
            static one => one["status"]?["currentMetrics"] is JsonArray { Count: 2 });
        foreach (JsonNode? metric in (JsonArray)scaler["status"]!["currentMetrics"]!)
        {
            JsonNode resource = metric!["resource"]!;
            Assert.InRange((int)resource["current"]!["averageUtilization"]!, 0, 70);
            Assert.NotNull(resource["current"]!["averageValue"]);
        }

        Assert.InRange((int)scaler["status"]!["desiredReplicas"]!, 2, 3);
    }

    private async Task QuotaRefusesAsync()
    {
        using StringContent greedy = new(
            """
            {"metadata":{"name":"greedy"},"spec":{"containers":[{"name":"c","image":"busybox",
             "resources":{"requests":{"cpu":"11","memory":"1Gi"},"limits":{"cpu":"11","memory":"1Gi"}}}]}}
            """,
            System.Text.Encoding.UTF8,
            "application/json");
        using HttpResponseMessage refused = await cluster.Client.PostAsync(
            new Uri("/api/v1/namespaces/production/pods", UriKind.Relative), greedy);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("exceeded quota: compute-quota", await refused.Content.ReadAsStringAsync());
    }

    /// <summary>The policy lets pods of the front end reach port 8080 of the API's, and nobody else.</summary>
    private async Task PolicyBlocksAsync()
    {
        await PodAsync("api", "api", "nc -ll -p 8080 -e cat");
        await PodAsync("frontend", "frontend", "sleep 1000");
        await PodAsync("other", "other", "sleep 1000");
        JsonNode api = await cluster.EventuallyAsync(
            "/api/v1/namespaces/production/pods/api", static one => (string?)one["status"]!["phase"] == "Running");
        string address = (string)api["status"]!["podIP"]!;
        await RunsAsync("frontend", "production");
        await RunsAsync("other", "production");
        string ask = $"echo hello | nc -w 2 {address} 8080";
        Assert.Contains("hello", await KubectlAsync("exec", "-n", "production", "frontend", "--", "sh", "-c", ask));
        string blocked = await KubectlAsync(
            "exec", "-n", "production", "other", "--", "sh", "-c", ask + " || echo blocked");
        Assert.Contains("blocked", blocked);
        Assert.DoesNotContain("hello", blocked);
    }

    private Task<JsonNode> PodAsync(string name, string app, string command) => cluster.PostAsync(
        "/api/v1/namespaces/production/pods",
        """
        {"metadata":{"name":"NAME","labels":{"app":"APP"}},"spec":{"terminationGracePeriodSeconds":1,
         "containers":[{"name":"c","image":"busybox","command":["sh","-c","COMMAND"],
         "resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"32Mi"}}}]}}
        """.Replace("NAME", name).Replace("APP", app).Replace("COMMAND", command));

    private Task<JsonNode> RunsAsync(string pod, string @namespace = "default") => cluster.EventuallyAsync(
        $"/api/v1/namespaces/{@namespace}/pods/{pod}",
        static one => one["status"]!["conditions"] is JsonArray conditions
            && conditions.Any(static it => (string?)it!["type"] == "Ready" && (string?)it["status"] == "True"));

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(
            KubectlVersion.Installed[^1].Path, ["--kubeconfig", cluster.Kubeconfig, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {await errors}{said}");
        return said;
    }
}
