using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Commands;
using Keelson.EndToEnd.Tests.Conformance;
using Keelson.Nodes;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>
/// A cluster to break: <c>keelson up</c> on one machine, <c>keelson kubelet</c> on another. Both have the machine they
/// are on for themselves, so that what is left of pods can be counted.
/// </summary>
public sealed class FaultCluster : IAsyncLifetime
{
    /// <summary>The node of the control plane's process.</summary>
    public const string First = "n0";

    /// <summary>The node whose agent is a process of its own.</summary>
    public const string Second = "n1";

    private static readonly string OwnGroup = $"/keelson-faults-{Environment.ProcessId}";

    private const string KubeletConfiguration = """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        clusterDNS: [10.96.0.10]
        clusterDomain: cluster.local
        tlsCertFile: DIRECTORY/kubelet.crt
        tlsPrivateKeyFile: DIRECTORY/kubelet.key
        authentication: {x509: {clientCAFile: AUTHORITY}}
        cgroupRoot: GROUP
        crashLoopBackOff: {maxContainerRestartPeriod: 1s}
        evictionPressureTransitionPeriod: 1s
        evictionHard: {nodefs.available: 10%, imagefs.available: 10%}
        containerLogMonitorInterval: 3s
        """;

    private const string PodNetwork = """
        {"cniVersion": "1.0.0", "name": "faults", "plugins": [{"type": "bridge", "bridge": "faults0",
         "isDefaultGateway": true, "ipMasq": true, "ipam": {"type": "host-local", "dataDir": "DIRECTORY",
         "ranges": [[{"subnet": "10.251.7.0/24"}]]}}]}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-faults-").FullName;
    private readonly string _bridge = $"kf{Environment.ProcessId % 100000}";
    private readonly string _network = $"198.19.{(Environment.ProcessId % 200) + 20}";
    private readonly List<FaultMachine> _machines = [];
    private TestRegistry? _registry;
    private bool _isBridged;

    /// <summary>The administrator's kubeconfig.</summary>
    public string Kubeconfig => Path.Combine(_directory, "admin.kubeconfig");

    /// <summary>The machine of the control plane and the first node.</summary>
    internal FaultMachine Head => _machines[0];

    /// <summary>The machine of the second node.</summary>
    internal FaultMachine Worker => _machines[1];

    private string Registries => Path.Combine(_directory, "registries.yaml");

    /// <summary>What the programs have said.</summary>
    internal string Said => string.Concat(_machines.Select(static (one, i) => $"machine {i}:\n{one.Said}"));

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        if (NodeClusterFixture.WhyNot is null && File.Exists("/usr/bin/nsenter") && File.Exists("/usr/bin/unshare"))
        {
            await BuildAsync();
        }
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        foreach (FaultMachine machine in Enumerable.Reverse(_machines))
        {
            await machine.DisposeAsync();
        }

        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        if (_isBridged)
        {
            await MachineNamespace.RunAsync("ip", $"link del {_bridge}");
            await RemoveGroupsAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Skips the test where the machine can't run it.</summary>
    internal void SkipUnlessPossible()
    {
        NodeClusterFixture.SkipUnlessPossible();
        Assert.SkipWhen(_machines.Count == 0, "util-linux (nsenter, unshare) is not installed");
    }

    /// <summary>Starts the control plane and its node.</summary>
    internal void StartFirst() => Head.Start(
        "up", "--data-dir", Head.DataDirectory, "--node-name", First, "--node-ip", Head.Address, "--registries",
        Registries, "--no-install", "--node-monitor-grace-period", "15s");

    /// <summary>Starts the second node's agent.</summary>
    internal void StartSecond() => Worker.Start(
        "kubelet", "--config", Path.Combine(_directory, "kubelet.yaml"), "--kubeconfig", Kubeconfig,
        "--hostname-override", Second, "--node-ip", Worker.Address, "--root-dir", Worker.NodeDirectory,
        "--cert-dir", Path.Combine(Worker.DataDirectory, "pki"), "--registries", Registries);

    /// <summary>Runs a command of the program against the cluster.</summary>
    internal Task<CommandRun> TryAsync(IReadOnlyList<string> line, string input = "", TimeSpan? limit = null) =>
        CommandRun.KeelsonAsync(Kubeconfig, line, input, limit);

    /// <summary>Runs a command of the program against the cluster; it must succeed.</summary>
    internal async Task<string> KeelsonAsync(IReadOnlyList<string> line, string input = "")
    {
        CommandRun run = await TryAsync(line, input);
        Assert.True(run.ExitCode == 0, $"keelson {string.Join(' ', line)}: {run.Output}{run.Error}\n{Said}");
        return run.Output.TrimEnd('\n');
    }

    /// <summary>Makes objects.</summary>
    internal Task ApplyAsync(string manifest) => KeelsonAsync(["apply", "-f", "-"], manifest);

    /// <summary>Reads an object, or a list.</summary>
    internal async Task<JsonNode> GetAsync(params string[] what) =>
        JsonNode.Parse(await KeelsonAsync(["get", .. what, "-o", "json"]))!;

    /// <summary>Waits until an object is as it should be.</summary>
    internal async Task<JsonNode> UntilAsync(string kind, string name, Func<JsonNode, bool> holds)
    {
        JsonNode? last = null;
        string error = "";
        await WhenAsync(
            async () =>
            {
                string[] what = name.Length > 0 ? [kind, name] : [kind];
                CommandRun run = await TryAsync(["get", .. what, "-o", "json"]);
                error = run.Error;
                last = run.ExitCode == 0 ? JsonNode.Parse(run.Output) : null;
                return last is not null && holds(last);
            },
            () => $"{kind} {name} stays at {last?.ToJsonString()} {error}");
        return last!;
    }

    /// <summary>Waits until a pod is ready.</summary>
    internal Task<JsonNode> ReadyAsync(string pod) => UntilAsync("pod", pod, static one => one.IsReadyPod());

    /// <summary>Waits until something holds.</summary>
    internal async Task WhenAsync(Func<Task<bool>> holds, Func<string> otherwise, TimeSpan? patience = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > (patience ?? Patience))
            {
                throw new TimeoutException($"{otherwise()}\n{Said}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>What is on a machine that has no pods: those of a test that failed are removed.</summary>
    internal async Task<NodeTraces> AtRestAsync(FaultMachine machine)
    {
        await KeelsonAsync(["delete", "jobs,pods", "--all", "--grace-period=0", "--force"]);
        await KeelsonAsync(["delete", "services", "--field-selector", "metadata.name!=kubernetes"]);
        // The last of what is removed may be between two parts of one look, but not of two.
        NodeTraces traces = await NodeTraces.TakeAsync(machine);
        await WhenAsync(
            async () =>
            {
                NodeTraces before = traces;
                await Task.Delay(500);
                traces = await NodeTraces.TakeAsync(machine);
                return traces.HasNoPods && before.Difference(traces).Length == 0;
            },
            () => "pods stay: " + string.Join('\n', traces.Of("pod", "container", "group")));
        return traces;
    }

    /// <summary>One more machine on the network.</summary>
    /// <param name="sizeMebibytes">How big its disk is.</param>
    internal async Task<FaultMachine> AnotherMachineAsync(int sizeMebibytes) => await FaultMachine.CreateAsync(
        await MachineNamespace.CreateAsync($"{_bridge}n9", _bridge, _network, 19, _directory), OwnGroup, sizeMebibytes);

    /// <summary>Waits until nothing is on a machine but what was there before.</summary>
    internal async Task LeavesNothingAsync(FaultMachine machine, NodeTraces before)
    {
        string difference = "";
        await WhenAsync(
            async () => (difference = before.Difference(await NodeTraces.TakeAsync(machine))).Length == 0,
            () => "left: " + difference,
            TimeSpan.FromSeconds(30));
    }

    private async Task BuildAsync()
    {
        await MachineNamespace.RunAsync("ip", $"link add {_bridge} type bridge");
        _isBridged = true;
        await MachineNamespace.RunAsync("ip", $"addr add {_network}.1/24 dev {_bridge}");
        await MachineNamespace.RunAsync("ip", $"link set {_bridge} up");
        _registry = await TestRegistry.StartAsync(_directory, _network + ".1");
        await _registry.PushAsync(TestImage.Busybox("library/busybox:latest"));
        await File.WriteAllTextAsync(
            Registries, $"mirrors:\n  docker.io:\n    endpoint: [\"{_registry.Url}\"]\n");
        for (int i = 0; i < 2; i++)
        {
            _machines.Add(await FaultMachine.CreateAsync(
                await MachineNamespace.CreateAsync($"{_bridge}n{i}", _bridge, _network, 10 + i, _directory),
                i == 0 ? "/kubepods" : OwnGroup,
                i == 0 ? null : 400));
        }

        StartFirst();
        await WhenAsync(
            () => Task.FromResult(Head.Said.Contains("is Ready after", StringComparison.Ordinal)), static () => "");
        string own = await File.ReadAllTextAsync(Path.Combine(Head.DataDirectory, "admin.kubeconfig"));
        await File.WriteAllTextAsync(
            Kubeconfig, own.Replace("127.0.0.1:", Head.Address + ":", StringComparison.Ordinal));
        await PrepareSecondAsync();
        StartSecond();
        await UntilAsync("node", Second, static one => one.IsTrue("Ready"));
        await WarmUpAsync();
    }

    private async Task PrepareSecondAsync()
    {
        await CertifyAsync();
        await File.WriteAllTextAsync(
            Path.Combine(_directory, "kubelet.yaml"),
            KubeletConfiguration.Replace("GROUP", OwnGroup, StringComparison.Ordinal)
                .Replace("DIRECTORY", _directory, StringComparison.Ordinal).Replace(
                "AUTHORITY", Path.Combine(Head.DataDirectory, "pki", "ca.crt"), StringComparison.Ordinal));
        string node = Worker.Inside(Worker.NodeDirectory);
        Directory.CreateDirectory(Path.Combine(node, "containerd", "cni"));
        await File.WriteAllTextAsync(
            Path.Combine(node, "containerd", "cni", "10-faults.conflist"),
            PodNetwork.Replace(
                "DIRECTORY", Path.Combine(Worker.NodeDirectory, "cni", "networks"), StringComparison.Ordinal));
    }

    /// <summary>The API server asks who it is that has the logs.</summary>
    private async Task CertifyAsync()
    {
        string pki = Path.Combine(Head.DataDirectory, "pki");
        using X509Certificate2 authority =
            X509Certificate2.CreateFromPemFile(Path.Combine(pki, "ca.crt"), Path.Combine(pki, "ca.key"));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("O=system:nodes, CN=system:node:" + Second, key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse(Worker.Address));
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.Create(authority, authority.NotBefore, now.AddDays(1), [1, 2, 3, 4]);
        await File.WriteAllTextAsync(Path.Combine(_directory, "kubelet.crt"), made.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_directory, "kubelet.key"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>What the first pod of a node brings for good is there before anything is counted.</summary>
    private async Task WarmUpAsync()
    {
        foreach (string node in (string[])[First, Second])
        {
            await ApplyAsync($$"""
                apiVersion: v1
                kind: Pod
                metadata: {name: warm-{{node}}, namespace: default}
                spec:
                  nodeName: {{node}}
                  terminationGracePeriodSeconds: 0
                  containers: [{name: c, image: busybox, command: [sleep, "10000"]}]
                """);
        }

        foreach (string node in (string[])[First, Second])
        {
            await ReadyAsync("warm-" + node);
            await KeelsonAsync(["delete", "pod", "warm-" + node]);
        }
    }

    /// <summary>Processes that were killed are in their groups for a moment.</summary>
    private async Task RemoveGroupsAsync()
    {
        await WhenAsync(
            static async () =>
            {
                await NodeCleanUp.RemoveControlGroupsAsync(CancellationToken.None);
                string[] left = Directory.GetDirectories("/sys/fs/cgroup", OwnGroup[1..], new EnumerationOptions
                {
                    RecurseSubdirectories = true, MaxRecursionDepth = 1,
                });
                foreach (string group in left.SelectMany(static one => Directory.GetDirectories(
                    one, "*", SearchOption.AllDirectories).OrderByDescending(static it => it.Length).Append(one)))
                {
                    try
                    {
                        Directory.Delete(group);
                    }
                    catch (IOException)
                    {
                        // In use still.
                    }
                }

                return !left.Any(Directory.Exists);
            },
            static () => "control groups stay in use");
    }
}

/// <summary>Tests that break nodes: alone, as they count what is on the machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultCollection : ICollectionFixture<FaultCluster>
{
    public const string Name = "faults";
}
