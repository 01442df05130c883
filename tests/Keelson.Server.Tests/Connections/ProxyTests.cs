using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Keelson.Server.Connections.Proxies;
using Keelson.Streaming.RemoteCommand;

namespace Keelson.Server.Tests.Connections;

public sealed class ProxyTests(ConnectedCluster cluster) : IClassFixture<ConnectedCluster>
{
    private const string Nodes = "/api/v1/nodes/";

    [Fact]
    public async Task A_page_of_a_node_has_its_links_turned()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Nodes + "n/proxy/page/a%20b/?q=1");
        request.Headers.Add("Impersonate-User", "admin");
        request.Headers.Add("Impersonate-Group", "system:masters");
        request.Headers.Add("Keep-Alive", "5");
        using HttpResponseMessage response = await cluster.Admin.SendAsync(request);
        Assert.Equal(
            "<a href=\"/api/v1/nodes/n/proxy/other?x=1&amp;y\">ü</A><script>if (a < b) '<a href=\"/no\">'</script><img src=\"logo.png\"/>",
            await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        KubeletRequest asked = cluster.Kubelet.Requests.Single(
            one => one.Target.StartsWith("/page/", StringComparison.Ordinal));
        Assert.Equal("/page/a%20b/?q=1", asked.Target);
        Assert.Equal("/api/v1/nodes/n/proxy/page/a b/", asked.Headers["X-Forwarded-Uri"].ToString());
        Assert.Equal($"127.0.0.1:{cluster.Port}", asked.Headers.Host.ToString());
        Assert.DoesNotContain(
            asked.Headers,
            one => one.Key.StartsWith("Impersonate", StringComparison.Ordinal) || one.Key == "Keep-Alive");
    }

    [Fact]
    public async Task A_body_goes_along_and_comes_back()
    {
        HttpMethod[] methods = [HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];
        foreach (HttpMethod method in methods)
        {
            string body = new('x', 200_000);
            Assert.Equal(
                (HttpStatusCode.OK, body),
                await cluster.SendAsync(method, Nodes + $"n:{cluster.Kubelet.Port}/proxy/echo", body));
        }

        using HttpResponseMessage head =
            await cluster.Admin.SendAsync(new HttpRequestMessage(HttpMethod.Head, Nodes + "n/proxy/nothing"));
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
    }

    [Fact]
    public async Task A_path_without_a_slash_behind_it_leads_to_the_one_with_it()
    {
        using HttpResponseMessage response = await cluster.Admin.GetAsync(Nodes + "n/proxy?a=b");
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal("/api/v1/nodes/n/proxy/?a=b", response.Headers.GetValues("Location").Single());
    }

    [Theory]
    [InlineData("nodes/none/proxy/", "404 nodes \"none\" not found")]
    [InlineData("nodes/ftp:n:1/proxy/", "400 invalid node request \"ftp:n:1\"")]
    [InlineData("nodes/n:1/proxy/", "400 address not allowed")]
    [InlineData("namespaces/default/pods/two/proxy/", "400 address not allowed")]
    [InlineData("namespaces/default/pods/none:1/proxy/", "404 pods \"none\" not found")]
    [InlineData("namespaces/default/services/none/proxy/", "404 services \"none\" not found")]
    public async Task What_can_not_be_reached_is_told_in_upstreams_words(string path, string message) =>
        Assert.Equal(message, await cluster.MessageAsync(HttpMethod.Get, "/api/v1/" + path));

    [Fact]
    public async Task A_dead_backend_is_a_plain_text()
    {
        using HttpResponseMessage response = await cluster.Admin.GetAsync(Nodes + "dead/proxy/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            "error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_service_leads_to_a_ready_pod_of_its_endpoints()
    {
        if (OwnAddress() is not { } address)
        {
            Assert.Skip("this machine has no address besides its loopback, and proxies refuse that one");
            return;
        }

        using TcpListener backend = new(address, 0);
        backend.Start();
        int port = ((IPEndPoint)backend.LocalEndpoint).Port;
        Task<string> asked = AnswerOnceAsync(backend);
        await cluster.CreateAsync("/api/v1/namespaces/default/services", """{"metadata":{"name":"s"},"spec":{"ports":[{"name":"web","port":80}]}}""");
        Assert.Equal(
            "404 services \"s\" not found",
            await cluster.MessageAsync(HttpMethod.Get, "/api/v1/namespaces/default/services/s:80/proxy/"));
        await cluster.CreateAsync(
            "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            $$$"""
            {"metadata":{"name":"s-0","labels":{"kubernetes.io/service-name":"s"}},"addressType":"IPv4",
             "ports":[{"name":"web","port":{{{port}}}}],"endpoints":[{"addresses":["{{{address}}}"],
              "conditions":{"ready":false},"targetRef":{"kind":"Pod","namespace":"default","name":"w"}}]}
            """);
        Assert.Equal(
            "503 no endpoints available for service \"s:80\"",
            await cluster.MessageAsync(HttpMethod.Get, "/api/v1/namespaces/default/services/s:80/proxy/"));
        Assert.Equal(
            "503 no service port 81 found for service \"s\"",
            await cluster.MessageAsync(HttpMethod.Get, "/api/v1/namespaces/default/services/s:81/proxy/"));
        await cluster.SendAsync(
            HttpMethod.Patch, "/api/v1/namespaces/default/pods/w/status", $$$"""{"status":{"podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}""");
        await cluster.CreateAsync(
            "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            $$$"""
            {"metadata":{"name":"s-1","labels":{"kubernetes.io/service-name":"s"}},"addressType":"IPv4","ports":[{"name":"web","port":{{{port}}}}],
             "endpoints":[{"addresses":["10.9.9.9"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","namespace":"default","name":"p"}},
              {"addresses":["10.9.9.8"],"conditions":{"ready":true}},
              {"addresses":["{{{address}}}"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","namespace":"default","name":"w"}}]}
            """);
        (HttpStatusCode code, string text) = await cluster.SendAsync(
            HttpMethod.Get, "/api/v1/namespaces/default/services/s:80/proxy/x//y");
        Assert.Equal((HttpStatusCode.OK, "served"), (code, text));
        Assert.StartsWith("GET /x/y HTTP/1.1\r\n", await asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_an_answer_does_not_look_like_a_whole_one() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => cluster.Admin.GetStringAsync(Nodes + "n/proxy/cut"));

    [Fact]
    public async Task An_upgrade_is_passed_through_a_nodes_proxy()
    {
        using ClientWebSocket socket = await cluster.SocketAsync(
            Nodes + "n/proxy/exec/default/p/c?command=echo&command=hi&output=1", StreamNames.RemoteCommandV5);
        byte[] buffer = new byte[100];
        using CancellationTokenSource patience = new(ConnectedCluster.Patience);
        Assert.Equal(1, (await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).Count);
        int count = (await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).Count;
        Assert.Equal("\u0001hi\n", Encoding.ASCII.GetString(buffer, 0, count));
    }

    [Theory]
    [InlineData("/a/../b", "/p/b")]
    [InlineData("http://10.0.0.1:80/x?y#z", "/p/x?y#z")]
    [InlineData("https://front/x", "https://front/p/x")]
    [InlineData("/p/x", "/p/x")]
    [InlineData("x/y", "x/y")]
    [InlineData("mailto:a@b", "mailto:a@b")]
    [InlineData("http://elsewhere/x", "http://elsewhere/x")]
    [InlineData("/dir/", "/p/dir/")]
    public void Links_lead_through_the_proxy_when_they_are_the_backends(string link, string expected) =>
        Assert.Equal(expected, new LinkRewriter(new("http", "10.0.0.1", "80", "/", ""), "front", "/p").Rewrite(link));

    [Theory]
    [InlineData("<p>1 < 2</p>", "<p>1 < 2</p>")]
    [InlineData("<!-- <a href=/x> --><A\nhref=/x ID=i disabled>", "<!-- <a href=/x> --><a href=\"!/x\" id=\"i\" disabled=\"\">")]
    [InlineData("<textarea><a href=/x></textarea>", "<textarea><a href=/x></textarea>")]
    [InlineData("<img src='a\"b'/>", "<img src=\"!a&#34;b\"/>")]
    [InlineData("<a href=\"x", "<a href=\"x")]
    [InlineData("<", "<")]
    public void Only_the_urls_of_tags_are_rewritten(string page, string expected) =>
        Assert.Equal(expected, HtmlLinks.Rewrite(page, link => "!" + link));

    private static async Task<string> AnswerOnceAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        byte[] request = new byte[4096];
        int length = await stream.ReadAsync(request);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nserved"u8.ToArray());
        return Encoding.ASCII.GetString(request, 0, length);
    }

    private static IPAddress? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(one => one.GetIPProperties().UnicastAddresses)
        .Select(one => one.Address)
        .FirstOrDefault(
            one => one.AddressFamily == AddressFamily.InterNetwork && ProxyTarget.IsAllowed(one.ToString()));
}
