using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Kubectl;

namespace Keelson.EndToEnd.Tests.Conformance.Cli;

/// <summary>What kubectl tells of the server, and its proxy.</summary>
public sealed class KubectlServerTests(KeelsonProgram keelson) : IClassFixture<KeelsonProgram>
{
    private const string Area = "[sig-cli] Kubectl client";

    [Fact]
    [Conformance(Area, "Kubectl api-versions should check if v1 is in available api versions")]
    public async Task Kubectl_api_versions_should_check_if_v1_is_in_available_api_versions()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "versions");
        string[] versions = (await kubectl.Async("api-versions")).Split('\n');
        Assert.Contains("v1", versions);
        Assert.Contains("apps/v1", versions);
    }

    [Fact]
    [Conformance(
        Area, "Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info")]
    public async Task Kubectl_cluster_info_should_check_if_control_plane_services_is_included_in_cluster_info()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "info");
        string info = await kubectl.Async("cluster-info");
        Assert.Contains("Kubernetes control plane", info, StringComparison.Ordinal);
        Assert.Contains("is running at", info, StringComparison.Ordinal);
        Assert.Contains(keelson.Url, info, StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(Area, "Kubectl version should check is all data is printed")]
    public async Task Kubectl_version_should_check_is_all_data_is_printed()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "version");
        JsonNode version = JsonNode.Parse(await kubectl.Async("version", "-o", "json"))!;
        foreach (string side in (string[])["clientVersion", "serverVersion"])
        {
            foreach (
                string field in (string[])["major", "minor", "gitVersion", "gitCommit", "gitTreeState", "buildDate",
                "goVersion", "compiler", "platform"])
            {
                Assert.NotEqual("", version.Text($"{side}.{field}"));
            }
        }
    }

    [Fact]
    [Conformance(Area, "Proxy server should support proxy with --port 0")]
    public async Task Proxy_server_should_support_proxy_with_port_0()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "proxy-port");
        using Process proxy = kubectl.Start("proxy", "-p", "0", "--disable-filter");
        try
        {
            // "Starting to serve on 127.0.0.1:40123"
            string line = await proxy.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? "";
            using HttpClient client = new();
            JsonNode api = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://{line.Split(' ')[^1]}/api/")))!;
            Assert.NotEmpty(api.Items("versions"));
        }
        finally
        {
            proxy.Kill();
        }
    }

    [Fact]
    [Conformance(Area, "Proxy server should support --unix-socket=/path")]
    public async Task Proxy_server_should_support_unix_socket()
    {
        KubectlRun kubectl = await KubectlRun.InNamespaceAsync(keelson, "proxy-socket");
        string path = Path.Combine(keelson.Scratch, "proxy.sock");
        using Process proxy = kubectl.Start("proxy", "--unix-socket=" + path);
        try
        {
            await proxy.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            using SocketsHttpHandler handler = new()
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            using HttpClient client = new(handler);
            JsonNode api = JsonNode.Parse(await client.GetStringAsync(new Uri("http://localhost/api")))!;
            Assert.NotEmpty(api.Items("versions"));
        }
        finally
        {
            proxy.Kill();
        }
    }
}
