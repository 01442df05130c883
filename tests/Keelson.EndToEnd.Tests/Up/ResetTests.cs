using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.Commands.Up;
using Keelson.EndToEnd.Tests.Commands;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Up;

/// <summary>Tests that run a node with the program's own names of links and control groups run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeMachineCollection
{
    public const string Name = "the whole machine";
}

/// <summary>A node with pods, killed, and <c>keelson reset</c>: the machine is as it was.</summary>
[Collection(WholeMachineCollection.Name)]
public sealed class ResetTests : IAsyncDisposable
{
    private const string Manifests = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: c
                image: busybox
                command: [sh, -c, "sleep 10000"]
                ports: [{containerPort: 8080}]
                volumeMounts: [{name: scratch, mountPath: /scratch}, {name: data, mountPath: /data}]
              volumes:
              - {name: scratch, emptyDir: {medium: Memory}}
              - {name: data, persistentVolumeClaim: {claimName: data}}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web}
        spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-reset-").FullName;
    private TestRegistry? _registry;

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_killed_cluster_with_pods_leaves_nothing_after_reset()
    {
        NodeClusterFixture.SkipUnlessPossible();
        string data = Path.Combine(_directory, "data");
        MachineSnapshot before = await MachineSnapshot.TakeAsync(data);
        await RunPodsAndKillAsync(data);
        MachineSnapshot killed = await MachineSnapshot.TakeAsync(data);
        Assert.Contains(killed.Of("process"), static line => line.Contains("containerd-shim"));
        Assert.Contains(killed.Of("process"), static line => line.Contains("haproxy"));
        Assert.Contains(killed.Of("process"), static line => line.Contains("sleep 10000"));
        foreach (string kind in (string[])["mount", "link", "table", "group", "file", "container"])
        {
            Assert.Contains(before.Added(killed), line => line.StartsWith(kind + " ", StringComparison.Ordinal));
        }

        CommandRun reset = await CommandRun.KeelsonAsync("", ["reset", "--yes", "--data-dir", data]);
        Assert.True(reset.ExitCode == 0, reset.Output + reset.Error);
        Assert.False(Path.Exists(data));

        // A process that was killed is to be seen until its parent has noticed.
        long start = TimeProvider.System.GetTimestamp();
        MachineSnapshot after = await MachineSnapshot.TakeAsync(data);
        while (before.Added(after).Count > 0 && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5))
        {
            await Task.Delay(100);
            after = await MachineSnapshot.TakeAsync(data);
        }

        Assert.Equal("", string.Join("\n", before.Added(after)));
        Assert.Equal("", string.Join("\n", before.Gone(after)));
    }

    private async Task RunPodsAndKillAsync(string data)
    {
        _registry = await TestRegistry.StartAsync(_directory);
        await _registry.PushAsync(TestImage.Busybox("library/busybox:latest"));
        string registries = Path.Combine(_directory, "registries.yaml");
        await File.WriteAllTextAsync(
            registries, $"mirrors: {{docker.io: {{endpoint: [\"{_registry.Url}\"]}}}}\n");
        int[] ports = [.. Enumerable.Range(0, 5).Select(static _ => FreePort())];
        string[] line =
        [
            "up", "--detach", "--data-dir", data, "--registries", registries, $"--secure-port={ports[0]}",
            $"--kubelet-port={ports[1]}", $"--dns-port={ports[2]}", $"--ingress-http-port={ports[3]}",
            $"--ingress-https-port={ports[4]}", "--proxy-health-port=0", "--no-install",
        ];
        try
        {
            await UpAsync(line);
            string kubeconfig = Path.Combine(data, "admin.kubeconfig");
            CommandRun applied = await CommandRun.KeelsonAsync(kubeconfig, ["apply", "-f", "-"], Manifests);
            Assert.True(applied.ExitCode == 0, applied.Output + applied.Error);
            CommandRun rolled = await CommandRun.KeelsonAsync(
                kubeconfig, ["rollout", "status", "deployment/web", "--timeout=50s"]);
            Assert.True(rolled.ExitCode == 0, rolled.Output + rolled.Error);
            await KillAsync(data);

            // The next start takes up what is there.
            await UpAsync(line);
            CommandRun pods = await CommandRun.KeelsonAsync(
                kubeconfig, ["get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].restartCount}"]);
            Assert.Equal("0 0", pods.Output);
        }
        finally
        {
            await KillAsync(data);
        }
    }

    private static async Task UpAsync(string[] line)
    {
        CommandRun up = await CommandRun.ProgramAsync(ProgramUnderTest.Path, "", line);
        Assert.True(up.ExitCode == 0, up.Output + up.Error);
        Assert.Contains(" is Ready after ", up.Output);
    }

    private static async Task KillAsync(string data)
    {
        if (RunState.Read(data) is not { } running)
        {
            return;
        }

        using Process process = Process.GetProcessById(running.Process);
        process.Kill();
        long start = TimeProvider.System.GetTimestamp();
        while (running.IsRunning)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "the killed process is still there");
            await Task.Delay(20);
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
