using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Keelson.Server.Tests.Connections;

public sealed class PodLogTests(ConnectedCluster cluster) : IClassFixture<ConnectedCluster>
{
    private const string Pods = "/api/v1/namespaces/default/pods/";

    [Fact]
    public async Task A_followed_log_comes_while_it_grows()
    {
        using HttpResponseMessage response = await cluster.Admin.GetAsync(
            Pods + "p/log?follow=true&tailLines=5&sinceTime=2026-01-02T03:04:05Z&pretty=x", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.ToString());
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync());
        Assert.Equal("one", await lines.ReadLineAsync().WaitAsync(ConnectedCluster.Patience));
        Assert.Equal("two", await lines.ReadLineAsync().WaitAsync(ConnectedCluster.Patience));
        cluster.Kubelet.Grow.SetResult();
        Assert.Equal("three", await lines.ReadLineAsync().WaitAsync(ConnectedCluster.Patience));
        Assert.Null(await lines.ReadLineAsync().WaitAsync(ConnectedCluster.Patience));
        KubeletRequest asked = cluster.Kubelet.Requests.First(
            one => one.Target.Contains("tailLines", StringComparison.Ordinal));
        Assert.Equal(
            "/containerLogs/default/p/c?follow=true&sinceTime=2026-01-02T03%3A04%3A05Z&tailLines=5", asked.Target);
        Assert.Contains("kube-apiserver-kubelet-client", asked.Peer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p/log?container=nope", "400 container nope is not valid for pod p")]
    [InlineData("two/log", "400 a container name must be specified for pod two, choose one of: [a b]")]
    [InlineData("none/log", "404 pods \"none\" not found")]
    [InlineData("silent/log", "404 the server could not find the requested resource ( pods/log silent)")]
    [InlineData("early/log", "400 container \"c\" in pod \"early\" is waiting to start")]
    [InlineData("p/log?tailLines=x", "400 strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("p/log?limitBytes=0", "422 PodLogOptions \"p\" is invalid: limitBytes: Invalid value: 0: must be greater than 0")]
    [InlineData(
        "p/log?stream=Stdout&tailLines=1",
        "422 PodLogOptions \"p\" is invalid: : Forbidden: `tailLines` and specific `stream` are mutually exclusive for now")]
    [InlineData(
        "p/log?sinceSeconds=1&sinceTime=2026-01-02T03:04:05Z",
        "422 PodLogOptions \"p\" is invalid: : Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")]
    [InlineData(
        "d/log", "500 Get \"https://127.0.0.1:1/containerLogs/default/d/c\": dial tcp 127.0.0.1:1: connect: connection refused")]
    public async Task What_can_not_be_shown_is_told_in_upstreams_words(string path, string message) =>
        Assert.Equal(message, await cluster.MessageAsync(HttpMethod.Get, Pods + path));

    [Fact]
    public async Task A_pod_without_a_node_has_no_log_yet() =>
        Assert.Equal(HttpStatusCode.NoContent, (await cluster.SendAsync(HttpMethod.Get, Pods + "w/log")).Code);

    [Fact]
    public async Task A_kubelet_that_nobody_vouches_for_is_only_heard_when_the_client_does_not_mind()
    {
        await using ConnectedCluster own = new() { VerifiesKubelets = true };
        await own.InitializeAsync();
        string message = await own.MessageAsync(HttpMethod.Get, Pods + "p/log");
        Assert.EndsWith(
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            message,
            StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.OK, "one\ntwo\n"),
            await own.SendAsync(HttpMethod.Get, Pods + "p/log?insecureSkipTLSVerifyBackend=true"));
    }

    [Theory]
    [InlineData("binary.k8s.io", "one\ntwo\n")]
    [InlineData("base64.binary.k8s.io", "b25lCnR3bwo=")]
    public async Task A_log_comes_through_a_web_socket(string protocol, string expected)
    {
        using ClientWebSocket socket = await cluster.SocketAsync(Pods + "p/log", protocol);
        Assert.Equal(protocol, socket.SubProtocol);
        StringBuilder log = new();
        byte[] buffer = new byte[100];
        using CancellationTokenSource patience = new(ConnectedCluster.Patience);
        while (await socket.ReceiveAsync(buffer.AsMemory(), patience.Token) is { MessageType: not WebSocketMessageType.Close } part)
        {
            log.Append(Encoding.ASCII.GetString(buffer, 0, part.Count));
        }

        Assert.Equal(expected, log.ToString());
    }
}
