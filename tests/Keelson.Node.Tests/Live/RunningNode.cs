using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Runtime;
using Keelson.Rpc;

namespace Keelson.Nodes.Tests.Live;

/// <summary>
/// A control plane in this process and a node with a containerd of its own, for tests that run containers. Everything
/// is below one directory, and nothing is left behind.
/// </summary>
public sealed class RunningNode : IAsyncLifetime
{
    public const string Busybox = "docker.io/library/busybox:1.36";

    private static readonly string[] Applets =
    [
        "sh", "sleep", "cat", "echo", "wget", "httpd", "ls", "id", "ps", "nc", "hostname", "kill", "touch", "test",
            "true",
        "false", "mkdir", "rm", "head", "seq", "grep", "date", "env", "stat",
    ];

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"keelson-node-{Guid.NewGuid():N}"[..22]);
    private readonly string _bridge = $"kln{Random.Shared.Next(0x10000):x4}";
    private readonly byte _subnet = (byte)Random.Shared.Next(1, 255);
    private readonly List<string> _log = [];
    private ControlPlane? _plane;
    private HttpsApiClient? _client;
    private RemoteInformers? _informers;

    /// <summary>Why containers can't be run here; null when they can.</summary>
    public static string? Missing =>
        Environment.UserName != "root" ? "needs root"
        : HostAbilities.FindProgram("containerd") is null ? "needs containerd"
        : HostAbilities.FindProgram("runc") is null ? "needs runc"
        : !File.Exists(Path.Combine(HostAbilities.CniPlugins(), "bridge")) ? "needs containernetworking-plugins"
        : !File.Exists("/bin/busybox") ? "needs busybox-static"
        : null;

    public IApiClient Client => _client!;

    public NodeAgent? Agent { get; private set; }

    public NodeAgentConfig Config { get; private set; } = null!;

    public string NodeName => "node-a";

    /// <summary>What the agent's settings are beside those that all nodes here have.</summary>
    public Func<NodeAgentConfig, NodeAgentConfig> Configure { get; init; } = static config => config;

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(_directory);
        WriteImage();
        WriteNetwork();
        _plane = await ControlPlane.StartAsync(
            new ControlPlaneConfig { DataDirectory = Path.Combine(_directory, "plane"), Log = Note }, default);
        _client = HttpsApiClient.Of(
            KubeconfigReader.ReadFile(_plane.AdminKubeconfig), new HttpsClientConfig { Program = "kubelet", Qps = 0 });
        _informers = new(_client, new RemoteInformersConfig { Log = Note });
        Config = Configure(new()
        {
            NodeName = NodeName,
            Client = _client,
            Informers = _informers,
            RootDirectory = Path.Combine(_directory, "kubelet"),
            PodLogsDirectory = Path.Combine(_directory, "pods-log"),
            RuntimeDirectory = Path.Combine(_directory, "ctd"),
            CniConfigurationDirectory = Path.Combine(_directory, "cni"),
            ImageArchivesDirectory = Path.Combine(_directory, "images"),
            CgroupRoot = Path.GetFileName(_directory),
            Addresses = [IPAddress.Parse("127.0.0.1")],
            Eviction = new() { Hard = new Dictionary<string, string> { ["memory.available"] = "100Mi" } },
            Server = new NodeAgentServerConfig
            {
                BindAddress = IPAddress.Loopback,
                Port = 0,
                Access = new Keelson.Nodes.Server.KubeletAccessConfig { Anonymous = true, AlwaysAllow = true },
            },
            StaticPodDirectory = Path.Combine(_directory, "manifests"),
            Log = Note,
        });
        Directory.CreateDirectory(Config.StaticPodDirectory);
        await StartAsync();
    }

    public async Task StartAsync()
    {
        Agent = await NodeAgent.StartAsync(Config, default);
        await Agent.Registered.WaitAsync(TimeSpan.FromSeconds(20));
        await UntilAsync<ServiceAccount>("default", static one => true, "default", TimeSpan.FromSeconds(20));
    }

    public async Task StopAsync()
    {
        await Agent!.DisposeAsync();
        Agent = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        if (Agent is { } agent)
        {
            await EndPodsAsync(agent.RuntimeEndpoint);
            await agent.DisposeAsync();
        }

        if (_informers is not null)
        {
            await _informers.DisposeAsync();
        }

        _client?.Dispose();
        if (_plane is not null)
        {
            await _plane.DisposeAsync();
        }

        await RunAsync("ip", "link", "delete", _bridge);
        await RemoveGroupsAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task RemoveGroupsAsync()
    {
        CgroupFiles files = new();
        await new PodCgroups(new FileCgroupDriver(files), files, Path.GetFileName(_directory), true)
            .TearDownAllAsync(CancellationToken.None);
    }

    /// <summary>A pod of one busybox container that is bound to the node.</summary>
    public Pod NewPod(string name, params string[] command) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            NodeName = NodeName,
            TerminationGracePeriodSeconds = 1,
            AutomountServiceAccountToken = false,
            Containers = [NewContainer("main", command)],
        },
    };

    public static Api.Core.V1.Container NewContainer(string name, params string[] command) => new()
    {
        Name = name,
        Image = Busybox,
        ImagePullPolicy = "IfNotPresent",
        Command = command,
    };

    public async Task<Pod> CreateAsync(Pod pod)
    {
        ApiResult<Pod> created = await Client.CreateAsync(pod, default);
        Assert.Null(created.Error?.Message);
        return created.Value;
    }

    /// <summary>Waits until a pod is as wanted.</summary>
    public Task<Pod> UntilAsync(string name, Func<Pod, bool> isWanted, double seconds = 30) =>
        UntilAsync("default", isWanted, name, TimeSpan.FromSeconds(seconds));

    /// <summary>Waits until a pod is gone.</summary>
    public async Task GoneAsync(string name, double seconds = 30)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while ((await Client.GetAsync<Pod>("default", name, default)).Error is not { Code: 404 })
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"{name} is still there\n{string.Join('\n', Log)}");
            await Task.Delay(10);
        }
    }

    public async Task DeleteAsync(string name, long? graceSeconds = null)
    {
        Pod pod = (await Client.GetAsync<Pod>("default", name, default)).Value;
        await Client.DeleteAsync(pod, default, DeleteOptions.Empty with { GracePeriodSeconds = graceSeconds });
    }

    public string LogOf(Pod pod, string container, int restart = 0)
    {
        string file = Path.Combine(
            Config.PodLogsDirectory,
            $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Metadata.Uid}",
            container,
            $"{restart}.log");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    private async Task<T> UntilAsync<T>(string @namespace, Func<T, bool> isWanted, string name, TimeSpan patience)
        where T : class, IKind<T>
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            ApiResult<T> read = await Client.GetAsync<T>(@namespace, name, default);
            if (read.TryGet(out T? found, out _) && isWanted(found))
            {
                return found;
            }

            string now = found is Pod pod ? pod.Status.ToString() : "none";
            Assert.True(watch.Elapsed < patience, $"{name} is not as wanted: {now}\n{string.Join('\n', Log)}");
            await Task.Delay(5);
        }
    }

    /// <summary>Deletes all pods, and removes by force what a failed test may have left.</summary>
    private async Task EndPodsAsync(string endpoint)
    {
        Directory.Delete(Config.StaticPodDirectory, recursive: true);
        foreach (Pod pod in (await Client.ListAsync<Pod>("default", ListRequest.All, default)).Value)
        {
            await Client.DeleteAsync(pod, default, DeleteOptions.Empty with { GracePeriodSeconds = 0 });
        }

        using CriClient runtime = CriClient.At(endpoint, TimeProvider.System);
        for (int i = 0; i < 100; i++)
        {
            ListPodSandboxResponse all = await runtime.CallAsync(
                CriMethods.ListPodSandbox, new ListPodSandboxRequest(), default);
            if (all.Items.Count == 0)
            {
                return;
            }

            if (i > 50)
            {
                await Task.WhenAll(all.Items.Select(one => RemoveAsync(runtime, one.Id)));
            }

            await Task.Delay(100);
        }
    }

    private static async Task RemoveAsync(CriClient runtime, string sandbox)
    {
        try
        {
            await runtime.CallAsync(
                CriMethods.StopPodSandbox, new StopPodSandboxRequest { PodSandboxId = sandbox }, default);
            await runtime.CallAsync(
                CriMethods.RemovePodSandbox, new RemovePodSandboxRequest { PodSandboxId = sandbox }, default);
        }
        catch (RpcException)
        {
            // The agent, which runs still, may have been quicker.
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }

    private void WriteImage()
    {
        byte[] busybox = File.ReadAllBytes("/bin/busybox");
        byte[] archive = new ImageArchive
        {
            Name = Busybox,
            Programs = [new("bin/busybox", busybox)],
            Links = [.. Applets.Select(static one => new KeyValuePair<string, string>("bin/" + one, "busybox"))],
            Command = ["sh"],
        }.Write();
        Directory.CreateDirectory(Path.Combine(_directory, "images"));
        File.WriteAllBytes(Path.Combine(_directory, "images", "busybox.tar"), archive);
    }

    private void WriteNetwork()
    {
        string addresses = Path.Combine(_directory, "addresses");
        Directory.CreateDirectory(Path.Combine(_directory, "cni"));
        File.WriteAllText(
            Path.Combine(_directory, "cni", "10-test.conflist"),
            $$$"""
            {"cniVersion":"0.4.0","name":"{{{_bridge}}}","plugins":[
              {"type":"bridge","bridge":"{{{_bridge}}}","isGateway":true,"ipMasq":false,"hairpinMode":true,
               "ipam":{"type":"host-local","dataDir":"{{{addresses}}}",
                       "ranges":[[{"subnet":"10.213.{{{_subnet}}}.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
              {"type":"portmap","capabilities":{"portMappings":true}}]}
            """);
    }
}
