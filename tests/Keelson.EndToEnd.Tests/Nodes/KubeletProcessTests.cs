using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;
using Keelson.Machinery.Certificates;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary><c>keelson kubelet</c> as a process of its own, with what kubelets can be told.</summary>
public sealed class KubeletProcessTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Name = $"kp{Environment.ProcessId}";
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-kubelet-").FullName;
    private readonly StringBuilder _said = new();
    private readonly int _port = FreePort();
    private readonly int _healthPort = FreePort();
    private Process? _process;

    private string Pki => Path.Combine(Path.GetDirectoryName(cluster.Kubeconfig)!, "pki");

    [Fact]
    public async Task A_kubelet_does_what_its_configuration_says_and_tells_what_has_no_effect()
    {
        NodeClusterFixture.SkipUnlessPossible();
        Start();
        await NodeIsAsToldAsync();
        await ServesAsToldAsync();
        string said = Said();
        Assert.Contains("cpuCFSQuota: false has no effect: limits of processors hold; the agent works as with", said);
        Assert.Contains("strict decoding error: unknown field \"noSuchField\"", said);
        Assert.DoesNotContain("iptablesDropBit", said);
        string environment = await File.ReadAllTextAsync($"/proc/{_process!.Id}/environ");
        Assert.Contains("\0DOTNET_TieredCompilation=0\0", environment);

        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(_process.ExitCode == 0, Said());
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task NodeIsAsToldAsync()
    {
        JsonNode node = await UntilAsync(
            $"/api/v1/nodes/{Name}", static one => one["status"]?["allocatable"]?["pods"] is not null);
        string pods = $"{Math.Min(50, 2 * Environment.ProcessorCount)}";
        Assert.Equal(pods, (string?)node["status"]!["allocatable"]!["pods"]);
        Assert.Contains(
            (JsonArray)node["spec"]!["taints"]!,
            static one => (string?)one!["key"] == "dedicated" && (string?)one["effect"] == "NoSchedule");
        Assert.Equal("test", (string?)node["metadata"]!["labels"]!["role"]);
        JsonNode lease = await UntilAsync(
            $"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{Name}", static _ => true);
        Assert.Equal(20, (int)lease["spec"]!["leaseDurationSeconds"]!);
    }

    /// <summary>The API server speaks with the kubelet only because its certificate was approved.</summary>
    private async Task ServesAsToldAsync()
    {
        string proxied = $"/api/v1/nodes/{Name}/proxy";
        Assert.Equal((200, "ok"), await AskUntilAsync(proxied + "/healthz", 200));
        Assert.Equal((405, "Debug endpoints are disabled.\n"), await AskUntilAsync(proxied + "/logs/", 405));
        using HttpClient machine = new();
        Assert.Equal("ok", await machine.GetStringAsync(new Uri($"http://127.0.0.1:{_healthPort}/healthz")));
        await HandshakeAsync(SslProtocols.Tls13);
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(SslProtocols.Tls12));
    }

    private void Start()
    {
        string config = Path.Combine(_directory, "kubelet.yaml");
        File.WriteAllText(config, $$"""
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            serverTLSBootstrap: true
            authentication: {x509: {clientCAFile: {{Path.Combine(Pki, "ca.crt")}} } }
            registerWithTaints: [{key: dedicated, value: test, effect: NoSchedule}]
            maxPods: 50
            podsPerCore: 2
            podPidsLimit: 500
            nodeLeaseDurationSeconds: 20
            enableDebuggingHandlers: false
            tlsMinVersion: VersionTLS13
            healthzPort: {{_healthPort}}
            cpuCFSQuota: false
            iptablesDropBit: 12
            noSuchField: 1
            """);
        ProcessStartInfo start = new(
            ProgramUnderTest.Path,
            [
                "kubelet", $"--config={config}", $"--kubeconfig={Kubeconfig()}", $"--hostname-override={Name}",
                $"--node-ip={NodeClusterFixture.Address}", $"--port={_port}", "--node-labels=role=test",
                $"--root-dir={Path.Combine(_directory, "root")}", $"--cert-dir={Path.Combine(_directory, "certs")}",
                $"--cgroup-root=/{Name}", "--topology-manager-policy=best-effort", "--pods-per-core=2",
                "--seccomp-default", "--fail-swap-on=false", "--authorization-mode=Webhook",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>A kubeconfig with a node's identity.</summary>
    private string Kubeconfig()
    {
        using X509Certificate2 authority =
            X509Certificate2.CreateFromPemFile(Path.Combine(Pki, "ca.crt"), Path.Combine(Pki, "ca.key"));
        using X509Certificate2 identity = new CertificateIssuer(authority).Issue(
            CertificateSubject.Build("system:node:" + Name, "system:nodes"),
            SubjectAlternativeNames.None,
            CertificateUsages.Client,
            DateTimeOffset.UtcNow,
            TimeSpan.FromHours(1));
        string pair = Path.Combine(_directory, "identity.pem");
        string key = identity.GetECDsaPrivateKey()?.ExportPkcs8PrivateKeyPem()
            ?? identity.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();
        File.WriteAllText(pair, identity.ExportCertificatePem() + "\n" + key + "\n");
        string file = Path.Combine(_directory, "kubelet.conf");
        File.WriteAllText(file, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - {name: c, cluster: {server: "{{cluster.Client.BaseAddress}}", certificate-authority: {{Pki}}/ca.crt} }
            users: [{name: u, user: {client-certificate: {{pair}}, client-key: {{pair}} } }]
            contexts: [{name: x, context: {cluster: c, user: u} }]
            current-context: x
            """);
        return file;
    }

    private async Task HandshakeAsync(SslProtocols protocol)
    {
        using TcpClient client = new();
        await client.ConnectAsync(NodeClusterFixture.Address, _port);
        using SslStream stream = new(client.GetStream(), false, static (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = Name, EnabledSslProtocols = protocol });
        Assert.Equal(protocol, stream.SslProtocol);
    }

    private async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> holds)
    {
        try
        {
            return await cluster.EventuallyAsync(path, holds);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{Said()}", exception);
        }
    }

    private async Task<(int Code, string Text)> AskUntilAsync(string path, int code)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage answer = await cluster.Client.GetAsync(new Uri(path, UriKind.Relative));
            string text = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode == code)
            {
                return (code, text);
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"{path}: {text}\n{Said()}");
            await Task.Delay(50);
        }
    }

    private string Said()
    {
        lock (_said)
        {
            return _said.ToString();
        }
    }

    private void Note(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
