using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>Agents that are killed while pods run.</summary>
[Collection(FaultCollection.Name)]
public sealed class AgentFaultTests(FaultCluster cluster)
{
    private const string Manifests = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: default, labels: {app: web}}
        spec:
          nodeName: n0
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: busybox
            command: [serve, "80"]
            readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
            volumeMounts: [{name: scratch, mountPath: /scratch}, {name: root, mountPath: /root-ca}]
          volumes:
          - {name: scratch, emptyDir: {medium: Memory}}
          - {name: root, configMap: {name: kube-root-ca.crt}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: default}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: work, namespace: default}
        spec:
          template:
            spec:
              nodeName: n0
              restartPolicy: Never
              containers: [{name: c, image: busybox, command: [sh, -c, "sleep 4; echo worked"]}]
        """;

    [Fact]
    public async Task A_killed_cluster_takes_its_running_pods_up_again()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Head);
        await cluster.ApplyAsync(Manifests);
        JsonNode web = await cluster.ReadyAsync("web");
        await cluster.UntilAsync("job", "work", static one => one.Number("status.active") == 1);
        JsonNode job = (await cluster.GetAsync("pods", "-l", "job-name=work")).Items()[0];
        await cluster.UntilAsync("pod", job.Name(), static one => one.Text("status.phase") != "Pending");
        string address = (await cluster.GetAsync("service", "web")).Text("spec.clusterIP");
        await AnswersAsync(address);
        Task command = cluster.TryAsync(["exec", "web", "--", "sleep", "10000"], limit: TimeSpan.FromSeconds(50));
        await cluster.WhenAsync(
            () => Task.FromResult(cluster.Head.Runs("sleep 10000")), static () => "the command does not start");

        await cluster.Head.KillProgramAsync();
        await AnswersAsync(address);
        await command;
        cluster.StartFirst();
        await cluster.UntilAsync("node", FaultCluster.First, static one => one.IsTrue("Ready"));
        await cluster.UntilAsync("job", "work", static one => one.IsTrue("Complete"));
        await cluster.ReadyAsync("web");
        await AnswersAsync(address);
        await SameContainersAsync(web);
        JsonNode worked = Assert.Single((await cluster.GetAsync("pods", "-l", "job-name=work")).Items());
        Assert.Equal(job.Text("metadata.uid"), worked.Text("metadata.uid"));
        Assert.Equal(0, worked.Number("status.containerStatuses.0.restartCount"));
        Assert.Equal("worked", await cluster.KeelsonAsync(["logs", worked.Name()]));
        Assert.Equal("there", await cluster.KeelsonAsync(["exec", "web", "--", "echo", "there"]));

        await cluster.KeelsonAsync(["delete", "pod/web", "service/web", "job/work"]);
        await cluster.LeavesNothingAsync(cluster.Head, before);
    }

    [Fact]
    public async Task Pods_deleted_while_their_agent_was_away_are_cleaned_up_afterwards()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(string.Concat(new[] { "stays", "asked", "forced" }.Select(static name => $$"""
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}}, namespace: default}
            spec:
              nodeName: n1
              terminationGracePeriodSeconds: 1
              containers:
              - {name: c, image: busybox, command: [sleep, "10000"], volumeMounts: [{name: v, mountPath: /v}] }
              volumes: [{name: v, emptyDir: {medium: Memory} }]

            """)));
        JsonNode stays = await cluster.ReadyAsync("stays");
        await cluster.ReadyAsync("asked");
        await cluster.ReadyAsync("forced");
        await cluster.Worker.KillProgramAsync();
        await cluster.KeelsonAsync(["delete", "pod", "asked", "--wait=false"]);
        await cluster.KeelsonAsync(["delete", "pod", "forced", "--force", "--grace-period=0"]);
        cluster.StartSecond();
        await cluster.UntilAsync("node", FaultCluster.Second, static one => one.IsTrue("Ready"));
        await cluster.KeelsonAsync(["wait", "--for=delete", "pod/asked", "--timeout=30s"]);
        await cluster.WhenAsync(
            () => Task.FromResult(cluster.Worker.Processes().Count(static one => one.Line == "sleep 10000") == 1),
            static () => "containers of pods that are gone run on");
        await SameContainersAsync(stays);
        await cluster.KeelsonAsync(["delete", "pod", "stays"]);
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    private async Task SameContainersAsync(JsonNode pod)
    {
        JsonNode now = await cluster.ReadyAsync(pod.Name());
        Assert.Equal(0, now.Number("status.containerStatuses.0.restartCount"));
        Assert.Equal(
            pod.Text("status.containerStatuses.0.containerID"), now.Text("status.containerStatuses.0.containerID"));
        Assert.Equal(pod.Text("status.podIP"), now.Text("status.podIP"));
    }

    private async Task AnswersAsync(string address)
    {
        string script = $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 5 {address} 80";
        string answer = "";
        await cluster.WhenAsync(
            async () => (answer = (await cluster.Head.TryAsync("sh", "-c", script)).Output)
                .Contains("200 OK", StringComparison.Ordinal),
            () => $"{address} answers {answer}",
            TimeSpan.FromSeconds(20));
    }
}
