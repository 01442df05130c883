using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>Disks that are full.</summary>
[Collection(FaultCollection.Name)]
public sealed class DiskFaultTests(FaultCluster cluster)
{
    private const string Manifests = """
        apiVersion: v1
        kind: Pod
        metadata: {name: small, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: busybox
            command: [sleep, "10000"]
            livenessProbe: {exec: {command: ["true"]}, periodSeconds: 1, failureThreshold: 3}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: greedy, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: busybox
            command: [sh, -c, "dd if=/dev/zero of=/v/file bs=1M; exec sleep 10001"]
            volumeMounts: [{name: v, mountPath: /v}]
          volumes: [{name: v, emptyDir: {}}]
        """;

    private static readonly string Program = ProgramUnderTest.Path;

    [Fact]
    public async Task A_full_node_evicts_who_filled_it_and_recovers()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(Manifests);
        await cluster.ReadyAsync("small");
        JsonNode greedy = await cluster.UntilAsync(
            "pod", "greedy", static one => one.Text("status.phase") == "Failed");
        Assert.Equal("Evicted", greedy.Text("status.reason"));
        Assert.StartsWith(
            "The node was low on resource: ephemeral-storage. Threshold quantity: ", greedy.Text("status.message"));
        await cluster.UntilAsync(
            "events", "", static one => one.Items().Any(static it => it.Text("reason") == "NodeHasDiskPressure"
                && it.Text("involvedObject.name") == FaultCluster.Second));
        await cluster.UntilAsync("node", FaultCluster.Second, static one =>
            one.Condition("DiskPressure").Text("status") == "False" && one.Items("spec.taints").Count == 0);
        JsonNode small = await cluster.ReadyAsync("small");
        Assert.Equal(0, small.Number("status.containerStatuses.0.restartCount"));
        await cluster.ApplyAsync(Manifests[..Manifests.IndexOf("---", StringComparison.Ordinal)].Replace(
            "name: small", "name: later", StringComparison.Ordinal));
        await cluster.ReadyAsync("later");
        await cluster.KeelsonAsync(["delete", "pod", "small", "greedy", "later"]);
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    [Fact]
    public async Task A_full_store_refuses_writes_says_why_and_recovers()
    {
        cluster.SkipUnlessPossible();
        await using FaultMachine machine = await cluster.AnotherMachineAsync(64);
        string kubeconfig = Path.Combine(machine.DataDirectory, "admin.kubeconfig");
        void Start() => machine.Start("up", "--no-node", "--data-dir", machine.DataDirectory);
        Start();
        await UntilReadyAsync(machine, 1);
        string filler = Path.Combine(machine.DataDirectory, "filler");
        await machine.TryAsync("dd", "if=/dev/zero", "of=" + filler, "bs=64k");

        int written = 0;
        string refusal = "";
        while (refusal.Length == 0)
        {
            Assert.True(written < 500, "the store is never full");
            (int code, string output) = await MakeAsync(machine, kubeconfig, written);
            refusal = code == 0 ? "" : output;
            written += code == 0 ? 1 : 0;
        }

        Assert.Contains("etcdserver: mvcc: database space exceeded", refusal);
        Assert.Contains("the disk is full", machine.Said);
        string listed = await NamesAsync(machine, kubeconfig);
        Assert.Equal(written, listed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        await machine.RunAsync("rm", filler);
        string last = "";
        await cluster.WhenAsync(
            async () =>
            {
                (int code, last) = await MakeAsync(machine, kubeconfig, written);
                return code == 0;
            },
            () => $"the store stays closed: {last}\n{machine.Said}",
            TimeSpan.FromSeconds(30));
        listed = await NamesAsync(machine, kubeconfig);
        await machine.KillProgramAsync();
        Start();
        await UntilReadyAsync(machine, 2);
        Assert.Equal(listed, await NamesAsync(machine, kubeconfig));
    }

    private static Task<(int Code, string Output)> MakeAsync(FaultMachine machine, string kubeconfig, int number)
    {
        string manifest = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME"},"data":{"a":"%s"}}"""
            .Replace("NAME", string.Create(CultureInfo.InvariantCulture, $"fills-{number}"), StringComparison.Ordinal);
        string script = $"printf '{manifest}' $(head -c 1000000 /dev/zero | tr '\\0' x) | "
            + $"'{Program}' create --kubeconfig '{kubeconfig}' -f -";
        return machine.TryAsync("sh", "-c", script);
    }

    private static Task<string> NamesAsync(FaultMachine machine, string kubeconfig) => machine.RunAsync(
        "sh", "-c", $"'{Program}' get configmaps --kubeconfig '{kubeconfig}' "
            + "-o 'jsonpath={.items[?(@.data.a)].metadata.name}'");

    private Task UntilReadyAsync(FaultMachine machine, int times) => cluster.WhenAsync(
        () => Task.FromResult(machine.Said.Split("Keelson is ready at ").Length > times), () => machine.Said);
}
