using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keelson.Cluster;
using Keelson.EndToEnd.Tests.Conformance;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>
/// A cluster with a real node in this process: containerd, pod network, services, DNS. Images come from a registry that
/// stands in for Docker Hub. Tests skip where <see cref="WhyNot"/> says why.
/// </summary>
public sealed class NodeClusterFixture : ClusterFixture, IAsyncLifetime
{
    private static int s_last;
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-node-").FullName;
    private readonly string _bridge = $"kt{Environment.ProcessId % 100000}x{Interlocked.Increment(ref s_last)}";
    private readonly int _httpPort = FreePort();
    private readonly List<(string Test, string Namespace)> _spaces = [];
    private TestRegistry? _registry;

    /// <summary>Why this machine can't run the tests; null when it can.</summary>
    public static string? WhyNot =>
        !Environment.IsPrivilegedProcess ? "running containers needs root"
        : !File.Exists("/usr/bin/containerd") ? "containerd is not installed"
        : !File.Exists("/usr/sbin/runc") && !File.Exists("/usr/bin/crun") ? "runc is not installed"
        : !File.Exists("/usr/lib/cni/bridge") ? "containernetworking-plugins is not installed"
        : !File.Exists("/usr/sbin/nft") ? "nftables is not installed"
        : !File.Exists("/usr/sbin/haproxy") ? "haproxy is not installed"
        : !TestRegistry.IsInstalled ? "docker-registry is not installed"
        : !TestImage.CanBuild ? "busybox-static, nginx or perl is not installed"
        : null;

    /// <summary>The node's address.</summary>
    public static IPAddress Address { get; } = FindAddress();

    /// <summary>The node's name.</summary>
    public const string NodeName = "node-1";

    /// <summary>Where ingresses answer.</summary>
    public Uri Ingress => new($"http://{Address}:{_httpPort}");

    /// <summary>Skips the test where the machine can't run it.</summary>
    public static void SkipUnlessPossible() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    /// <summary>The test that runs made a namespace.</summary>
    internal void Note(string @namespace) => _spaces.Add((ThisTest, @namespace));

    /// <summary>Begins to remove the namespaces of tests that have ended, and what is in them.</summary>
    internal async Task RemoveEarlierSpacesAsync()
    {
        foreach ((string _, string space) in _spaces.Where(static one => one.Test != ThisTest).ToArray())
        {
            _spaces.RemoveAll(one => one.Namespace == space);

            // Tests remove some by themselves.
            using HttpResponseMessage response = await Client.DeleteAsync("/api/v1/namespaces/" + space);
        }
    }

    /// <summary>Waits until no pod is on the node but those of a namespace and the system's.</summary>
    internal async Task OnlyPodsOfAsync(string @namespace)
    {
        await RemoveEarlierSpacesAsync();
        string others = $"/api/v1/pods?fieldSelector=spec.nodeName%3D{NodeName},metadata.namespace!%3D{@namespace},"
            + "metadata.namespace!%3Dkube-system";
        foreach (JsonNode pod in (await GetAsync(others)).Items())
        {
            // A controller may make it again, but not in a namespace that goes.
            string space = "/api/v1/namespaces/" + pod.Text("metadata.namespace");
            using HttpResponseMessage going = await Client.DeleteAsync(space);
            using HttpResponseMessage gone =
                await Client.DeleteAsync($"{space}/pods/{pod.Name()}?gracePeriodSeconds=0");
        }

        await EventuallyAsync(others, static list => list.Items().Count == 0);
    }

    private static string ThisTest => TestContext.Current.Test?.UniqueID ?? "";

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        _registry = await TestRegistry.StartAsync(_directory);
        await Task.WhenAll(
            _registry.PushAsync(TestImage.Busybox("library/busybox:latest")),
            _registry.PushAsync(TestImage.Agnhost("library/agnhost:2")),
            _registry.PushAsync(TestImage.Nginx("library/nginx:latest")),
            _registry.PushAsync(TestImage.Nginx("library/nginx:1.25")),
            _registry.PushAsync(TestImage.WithEntrypoint("library/entrypoint:1", ["arguments"], ["image", "default"])),
            _registry.PushAsync(TestImage.Busybox("library/mysql:8", ["nc", "-ll", "-p", "3306", "-e", "cat"])));
        await File.WriteAllTextAsync(
            Path.Combine(_directory, "registries.yaml"), $"mirrors:\n  docker.io:\n    endpoint: "
                + $"[\"{_registry.Url}\"]\n");
        await InitializeAsync();
        await Plane.NodeReady.WaitAsync(TimeSpan.FromSeconds(60));
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (_registry is null)
        {
            return;
        }

        await Plane.StopPodsAsync(TimeSpan.FromSeconds(2));
        await DisposeAsync();
        await LocalNodeRemoval.RemoveAsync(NodeConfig(), CancellationToken.None);
        await _registry.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override ControlPlaneConfig Configure(ControlPlaneConfig config) =>
        config with
        {
            BindAddress = IPAddress.Any,
            Node = NodeConfig(),
            Log = Console.Error.WriteLine,
            MetricsResolution = TimeSpan.FromSeconds(2),
            AutoscalerSyncPeriod = TimeSpan.FromSeconds(1),
        };

    private LocalNodeConfig NodeConfig() => new()
    {
        Name = NodeName,
        Addresses = [Address],
        Directory = Path.Combine(_directory, "node"),
        PodLogsDirectory = Path.Combine(_directory, "logs"),
        Bridge = _bridge,
        KubeletPort = 0,
        DnsPort = 0,
        ProxyHealthPort = null,
        IngressHttpPort = _httpPort,
        IngressHttpsPort = FreePort(),
        RegistriesFile = Path.Combine(_directory, "registries.yaml"),
        MaxContainerRestartPeriod = TimeSpan.FromSeconds(1),
    };

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IPAddress FindAddress()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return IPAddress.Loopback;
        }
    }
}
