using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Store;
using Keelson.Store.Etcd;
using Keelson.Store.Tests.Etcd;

namespace Keelson.EndToEnd.Tests.ApiServer;

/// <summary>API servers over an etcd, started with flags.</summary>
public sealed class ApiServerEtcdTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ServerDirectory _files = new();
    private EtcdServer _etcd = null!;

    public async ValueTask InitializeAsync() => _etcd = await EtcdServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _etcd.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task Objects_are_kept_under_upstreams_keys_in_protobuf_and_survive_a_restart()
    {
        string uid;
        await using (RunningServer server = await _files.StartAsync("--etcd-servers", _etcd.ClientUrl))
        {
            using HttpClient client = server.Client(ServerDirectory.AdminToken);
            JsonNode made = await PostAsync(client, "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
            uid = (string)made["metadata"]!["uid"]!;
        }

        await using (EtcdStore store = await _etcd.ConnectAsync())
        {
            GetResult kept = await store.GetAsync("/registry/configmaps/default/a");
            byte[] value = [.. kept.Item!.Value];
            Assert.Equal("k8s\0"u8, value.AsSpan(0, 4));
            Assert.Contains(uid, Encoding.UTF8.GetString(value), StringComparison.Ordinal);
            Assert.NotNull((await store.GetAsync("/registry/services/specs/default/kubernetes")).Item);
        }

        await using RunningServer again = await _files.StartAsync("--etcd-servers=" + _etcd.ClientUrl);
        using HttpClient second = again.Client(ServerDirectory.AdminToken);
        JsonNode read = JsonNode.Parse(await second.GetStringAsync("/api/v1/namespaces/default/configmaps/a"))!;
        Assert.Equal(uid, (string)read["metadata"]!["uid"]!);
        Assert.Equal("v", (string)read["data"]!["k"]!);
    }

    [Fact]
    public async Task Two_servers_on_one_etcd_see_each_others_writes_and_watches()
    {
        await using RunningServer one = await _files.StartAsync(
            "--etcd-servers=" + _etcd.ClientUrl, "--advertise-address=10.1.1.1");
        await using RunningServer two = await _files.StartAsync(
            "--etcd-servers=" + _etcd.ClientUrl, "--advertise-address=10.1.1.2");
        using HttpClient writer = one.Client(ServerDirectory.AdminToken);
        using HttpClient reader = two.Client(ServerDirectory.AdminToken);
        using HttpResponseMessage watch = await reader.GetAsync(
            "/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=20&fieldSelector=metadata.name%3Da",
            HttpCompletionOption.ResponseHeadersRead);
        using StreamReader events = new(await watch.Content.ReadAsStreamAsync());

        JsonNode made = await PostAsync(writer, "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        // Reads of the other server are current, without waiting.
        JsonNode read = JsonNode.Parse(await reader.GetStringAsync("/api/v1/namespaces/default/configmaps/a"))!;
        Assert.Equal((string)made["metadata"]!["uid"]!, (string)read["metadata"]!["uid"]!);
        JsonNode added = JsonNode.Parse((await events.ReadLineAsync().WaitAsync(Patience))!)!;
        Assert.Equal("ADDED", (string)added["type"]!);
        Assert.Equal(
            (string)made["metadata"]!["resourceVersion"]!, (string)added["object"]!["metadata"]!["resourceVersion"]!);

        // Both are behind the service, and both say so.
        JsonNode endpoints =
            JsonNode.Parse(await writer.GetStringAsync("/api/v1/namespaces/default/endpoints/kubernetes"))!;
        Assert.Equal(
            ["10.1.1.1", "10.1.1.2"],
            endpoints["subsets"]![0]!["addresses"]!.AsArray().Select(one => (string)one!["ip"]!));

        // One that ends takes its address away.
        await two.DisposeAsync();
        JsonNode left = JsonNode.Parse(await writer.GetStringAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"))!;
        Assert.Equal("10.1.1.1", (string)Assert.Single(left["endpoints"]!.AsArray())!["addresses"]![0]!);
    }

    [Fact]
    public async Task Events_go_away_when_their_time_is_over()
    {
        await using RunningServer server = await _files.StartAsync(
            "--etcd-servers=" + _etcd.ClientUrl, "--event-ttl=2s");
        using HttpClient client = server.Client(ServerDirectory.AdminToken);
        await PostAsync(
            client,
            "/api/v1/namespaces/default/events",
            """{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p","namespace":"default"},"reason":"Test","message":"m","type":"Normal"}""");
        long start = TimeProvider.System.GetTimestamp();
        while ((await client.GetAsync("/api/v1/namespaces/default/events/e")).StatusCode != HttpStatusCode.NotFound)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "the event stays");
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task Users_of_the_token_file_get_in_and_do_what_they_may()
    {
        await using RunningServer server = await _files.StartAsync("--etcd-servers=" + _etcd.ClientUrl);
        using HttpClient joe = server.Client(ServerDirectory.JoeToken);
        using HttpClient stranger = server.Client("no-such-token");
        using HttpResponseMessage refused = await joe.GetAsync("/api/v1/namespaces/default/secrets");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(
            "User \\\"joe\\\" cannot list", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/v1/namespaces/default/secrets")).StatusCode);
    }

    [Fact]
    public async Task The_certificate_shown_is_the_one_for_the_name_asked_for_and_follows_its_files()
    {
        X509Certificate2 usual = _files.MakeCertificate("usual", "localhost");
        X509Certificate2 named = _files.MakeCertificate("named", "api.example.com");
        await using RunningServer server = await _files.StartAsync(
            "--etcd-servers=" + _etcd.ClientUrl,
            "--tls-cert-file=" + _files["usual.crt"],
            "--tls-private-key-file=" + _files["usual.key"],
            $"--tls-sni-cert-key={_files["named.crt"]},{_files["named.key"]}:*.example.com");

        Assert.Equal(usual.Thumbprint, await ShownAsync(server.Port, "localhost"));
        Assert.Equal(named.Thumbprint, await ShownAsync(server.Port, "other.example.com"));
        Assert.Equal(usual.Thumbprint, await ShownAsync(server.Port, "a.b.example.com"));

        X509Certificate2 next = _files.MakeCertificate("usual", "localhost", "next");
        long start = TimeProvider.System.GetTimestamp();
        while (await ShownAsync(server.Port, "localhost") != next.Thumbprint)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "the renewed certificate is not shown");
            await Task.Delay(100);
        }
    }

    private static async Task<string> ShownAsync(int port, string host)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Patience);
        await using SslStream tls = new(tcp.GetStream());
        SslClientAuthenticationOptions options =
            new() { TargetHost = host, RemoteCertificateValidationCallback = static (_, _, _, _) => true };
        await tls.AuthenticateAsClientAsync(options).WaitAsync(Patience);
        return ((X509Certificate2)tls.RemoteCertificate!).Thumbprint;
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(path, content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
