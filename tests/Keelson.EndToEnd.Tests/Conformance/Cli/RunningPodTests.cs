using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Kubectl;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Cli;

/// <summary>What kubectl does with containers that really run.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class RunningPodTests(NodeClusterFixture cluster) : IDisposable
{
    private readonly string _scratch = System.IO.Directory.CreateTempSubdirectory("keelson-kubectl-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_scratch, recursive: true);

    [Fact]
    [Conformance("[sig-cli] Kubectl logs logs should be able to retrieve and filter logs")]
    public async Task Logs_should_be_able_to_retrieve_and_filter_logs()
    {
        KubectlRun kubectl = await KubectlAsync();
        await kubectl.Async(
            "run", "logs-generator", "--image=busybox", "--restart=Never", "--", "sh", "-c",
            "i=0; while [ $i -lt 20 ]; do echo \"line $i\"; i=$((i+1)); done; sleep 2; echo last");
        string log = await kubectl.UntilAsync(
            static text => text.Contains("last\n"), "logs", "logs-generator", "logs-generator");
        Assert.Equal(21, Lines(log).Length);
        Assert.Equal("last\n", await kubectl.Async("logs", "logs-generator", "logs-generator", "--tail=1"));
        Assert.Equal("l", await kubectl.Async("logs", "logs-generator", "--limit-bytes=1"));
        string stamped = await kubectl.Async("logs", "logs-generator", "--tail=1", "--timestamps");
        string[] words = Assert.Single(Lines(stamped)).Split(' ');
        Assert.Equal("last", words[1]);
        DateTimeOffset time = DateTimeOffset.Parse(words[0], CultureInfo.InvariantCulture);
        Assert.True(TimeProvider.System.GetUtcNow() - time < TimeSpan.FromMinutes(1));
        string recent = await kubectl.Async("logs", "logs-generator", "--since=1s");
        string all = await kubectl.Async("logs", "logs-generator", "--since=24h");
        Assert.True(Lines(recent).Length < Lines(all).Length, recent);
        Assert.Equal(21, Lines(all).Length);
    }

    [Fact]
    [Conformance("[sig-cli] Kubectl client Guestbook application should create and stop a working application")]
    public async Task Guestbook_should_create_and_stop_a_working_application()
    {
        KubectlRun kubectl = await KubectlAsync();
        Assert.Contains("deployment.apps/frontend created", await kubectl.WithAsync(Guestbook, "create", "-f", "-"));
        foreach (string name in (string[])["agnhost-primary", "agnhost-replica", "frontend"])
        {
            await kubectl.Async("rollout", "status", "deployment", name, "--timeout=60s");
        }

        await AskAsync(kubectl, "cmd=get", "");
        await AskAsync(kubectl, "cmd=set&value=TestEntry", "stored");
        await AskAsync(kubectl, "cmd=get", "TestEntry");
        await kubectl.WithAsync(Guestbook, "delete", "--grace-period=0", "--force", "-f", "-");
        Assert.Equal("", await kubectl.UntilAsync(
            static text => text.Length == 0, "get", "rc,svc,deployment,pods", "-l", "app", "-o", "name"));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// A front end that stores with a primary and reads from replicas, which fetch from the primary: each finds the
    /// next by its service's name.
    /// </summary>
    private static string Guestbook => string.Join(
        "\n---\n",
        Part("agnhost-primary", 1, "case \"$target\" in *value=*) echo \"${target##*value=}\" > /tmp/value; "
            + "echo stored ;; *) [ ! -e /tmp/value ] || cat /tmp/value ;; esac"),
        Part("agnhost-replica", 2, "get agnhost-primary 8080 /guestbook | tail -n 1"),
        Part("frontend", 2, "case \"$target\" in *cmd=set*) get agnhost-primary 8080 \"$target\" ;; "
            + "*) get agnhost-replica 8080 /guestbook ;; esac | tail -n 1"));

    private static string Part(string name, int replicas, string script) =>
        $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, labels: {app: guestbook} }
        spec: {ports: [{port: 8080}], selector: {tier: {{name}} } }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{name}}, labels: {app: guestbook} }
        spec:
          replicas: {{replicas}}
          selector: {matchLabels: {tier: {{name}} } }
          template:
            metadata: {labels: {app: guestbook, tier: {{name}} } }
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: c
                image: busybox
                command: [sh, -c, "echo \"$SCRIPT\" > /tmp/guestbook.sh; serve 8080"]
                env: [{name: SCRIPT, value: {{RealManifests.Quoted(script)}} }]
                readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
        """;

    /// <summary>Asks the front end through the server's proxy, again while services are not in place.</summary>
    /// <remarks>
    /// Ready pods are behind their service's name and address a moment later: endpoints, rules and DNS follow.
    /// </remarks>
    private async Task AskAsync(KubectlRun kubectl, string query, string expected)
    {
        string path = $"/api/v1/namespaces/{kubectl.Namespace}/services/frontend:8080/proxy/guestbook?{query}";
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage response = await cluster.Client.GetAsync(path);
            string answer = (await response.Content.ReadAsStringAsync()).Trim();
            if (response.IsSuccessStatusCode && answer == expected)
            {
                return;
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30),
                $"{query}: {(int)response.StatusCode} {answer} instead of {expected}");
            await Task.Delay(100);
        }
    }

    private async Task<KubectlRun> KubectlAsync()
    {
        Assert.SkipWhen(KubectlVersion.Installed.Count == 0, "there is no kubectl on the PATH");
        Workspace space = await RealPods.SpaceAsync(cluster);
        string kubeconfig = Path.Combine(_scratch, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, await File.ReadAllTextAsync(cluster.Kubeconfig));
        return new KubectlRun(kubeconfig, _scratch, space.Namespace);
    }
}
