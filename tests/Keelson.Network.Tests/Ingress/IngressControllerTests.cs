using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Networking.V1;
using Keelson.Machinery.Values;
using Keelson.Network.Ingress;
using Keelson.Network.Nft;
using static Keelson.Network.Tests.Ingress.IngressRoutesTests;
using static Keelson.Network.Tests.Objects;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Tests.Ingress;

/// <summary>HAProxy on a node of its own, in front of pods.</summary>
public sealed class IngressControllerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Missing = NetworkSandbox.Missing.Length > 0 ? NetworkSandbox.Missing
        : NodePrograms.IsThere("haproxy") ? "" : "needs haproxy";

    [Fact]
    public async Task Requests_find_their_service_by_host_and_path_and_follow_every_change()
    {
        Assert.SkipWhen(Missing.Length > 0, Missing);
        using TemporaryFolder folder = new();
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        ServeHttp(sandbox, await sandbox.AddPodAsync("10.1.0.2"), "web");
        ServeHttp(sandbox, await sandbox.AddPodAsync("10.1.0.3"), "api");
        TestInformers informers = new();
        AddService(informers, "web", "10.1.0.2");
        AddService(informers, "api", "10.1.0.3");
        informers.Put(DefaultClass);
        informers.Put(Annotated(
            NewIngress("rewritten", Rule("example.com", ("/api", "Prefix", "api"), ("/", "Prefix", "web"))),
            "rewrite-target",
            "/"));
        informers.Put(NewIngress(
            "plain",
            Rule("plain.example.com", ("/a", "Prefix", "api"), ("/a/exact", "Exact", "web"), ("/", "Prefix", "web")),
            Rule("*.wild.com", ("/", "Prefix", "api"))));
        informers.Put(Annotated(
            NewIngress("groups", Rule("groups.com", ("/v1(/|$)(.*)", "ImplementationSpecific", "api"))),
                "rewrite-target", "/$2"));
        await using IngressController controller = Start(informers, sandbox, folder);
        await controller.Ready.WaitAsync(Patience);

        await UntilAsync(async () => await GetAsync(sandbox, "http://example.com/api/users") == "200 api /");
        Assert.Equal("200 web /", await GetAsync(sandbox, "http://example.com/other?x=1", keepQuery: false));
        Assert.Equal("200 web /?x=1", await GetAsync(sandbox, "http://example.com/other?x=1"));
        Assert.Equal("200 api /a/b", await GetAsync(sandbox, "http://plain.example.com/a/b"));
        Assert.Equal("200 web /a/exact", await GetAsync(sandbox, "http://plain.example.com/a/exact"));
        Assert.Equal("200 web /ab", await GetAsync(sandbox, "http://plain.example.com/ab"));
        Assert.Equal("200 api /x", await GetAsync(sandbox, "http://one.wild.com/x"));
        Assert.Equal("404 default backend - 404", await GetAsync(sandbox, "http://one.two.wild.com/x"));
        Assert.Equal("404 default backend - 404", await GetAsync(sandbox, "http://nobody.com/"));
        Assert.Equal("200 api /users/7", await GetAsync(sandbox, "http://groups.com/V1/users/7"));

        // While requests go on, the service moves to another pod; none of them fails.
        using CancellationTokenSource done = new();
        Task<int> failures = AskOnAsync(sandbox, done.Token);
        AddService(informers, "web", "10.1.0.3");
        await UntilAsync(async () => await GetAsync(sandbox, "http://plain.example.com/") == "200 api /");
        await done.CancelAsync();
        Assert.Equal(0, await failures);

        informers.Delete<ApiIngress>("default", "groups");
        await UntilAsync(async () => (await GetAsync(sandbox, "http://groups.com/v1/"))[..3] == "404");
    }

    [Fact]
    public async Task Tls_shows_the_certificate_of_the_host_and_web_sockets_pass()
    {
        Assert.SkipWhen(Missing.Length > 0, Missing);
        using TemporaryFolder folder = new();
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        ServeHttp(sandbox, await sandbox.AddPodAsync("10.1.0.2"), "web");
        TestInformers informers = new();
        AddService(informers, "web", "10.1.0.2");
        informers.Put(DefaultClass);
        informers.Put(Certificate("cert", "secure.com"));
        ApiIngress ingress = NewIngress("secure", Rule("secure.com", ("/", "Prefix", "web")));
        informers.Put(ingress with
        {
            Spec = ingress.Spec with { Tls =
                new[] { new IngressTLS { Hosts = new[] { "secure.com" }, SecretName = "cert" } } },
        });
        informers.Put(NewIngress("plain", Rule("plain.com", ("/", "Prefix", "web"))));
        await using IngressController controller = Start(informers, sandbox, folder);
        await controller.Ready.WaitAsync(Patience);
        await UntilAsync(async () => (await GetAsync(sandbox, "http://plain.com/"))[..3] == "200");
        Assert.Equal("308 https://secure.com/x", await GetAsync(sandbox, "http://secure.com/x"));
        Assert.Equal("200 web /x", await GetAsync(sandbox, "https://secure.com/x", subject: "CN=secure.com"));

        using Socket socket = Connect(sandbox, 80);
        await using NetworkStream stream = new(socket);
        await stream.WriteAsync(
            "GET /ws HTTP/1.1\r\nHost: plain.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"u8.ToArray());
        await stream.WriteAsync(
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 101", await ReadAsync(stream));
        await stream.WriteAsync("ping"u8.ToArray());
        Assert.Equal("ping", await ReadAsync(stream));
    }

    [Fact]
    public async Task Who_may_pass_is_asked_known_by_password_and_limited()
    {
        Assert.SkipWhen(Missing.Length > 0, Missing);
        using TemporaryFolder folder = new();
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        ServeHttp(sandbox, await sandbox.AddPodAsync("10.1.0.2"), "web");
        ServeAuth(sandbox, await sandbox.AddPodAsync("10.1.0.4"));
        TestInformers informers = new();
        AddService(informers, "web", "10.1.0.2");
        informers.Put(DefaultClass);
        informers.Put(new Secret
        {
            Metadata = Meta("default", "users"),
            Data = ApiMap<Bytes>.From(
            [
                // foo:secret as htpasswd writes it, ann:pw by crypt's SHA-512, sha:pw by SHA-1.
                KeyValuePair.Create("auth", Bytes.FromText("foo:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/\n"
                    + "ann:"
                    + "$6$abc$MtSdWSZbhct2oe.SOqOUM2M/GA/uj5.vyVtJgRHgKi9uqXuWuJqOYE7H/YlsYGVg/YYzDV0xt3fEIwYt580.5.\n"
                    + "sha:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n")),
            ]),
        });
        informers.Put(Annotated(
            NewIngress("known", Rule("known.com", ("/", "Prefix", "web"))),
            ("auth-type", "basic"), ("auth-secret", "users"), ("auth-realm", "Our place")));
        informers.Put(Annotated(
            NewIngress("asked", Rule("asked.com", ("/", "Prefix", "web"))),
            ("auth-url", "http://10.1.0.4:8080/auth"), ("auth-signin", "https://$host/start"),
            ("auth-response-headers", "X-User, X-None")));
        informers.Put(Annotated(
            NewIngress("slow", Rule("slow.com", ("/", "Prefix", "web"))),
            ("limit-rpm", "1"), ("limit-burst-multiplier", "3")));
        informers.Put(Annotated(
            NewIngress("exempt", Rule("exempt.com", ("/", "Prefix", "web"))),
            ("limit-rpm", "1"), ("limit-burst-multiplier", "1"), ("limit-allowlist", "127.0.0.0/8")));
        await using IngressController controller = Start(informers, sandbox, folder);
        await controller.Ready.WaitAsync(Patience);

        await UntilAsync(async () => (await AskAsync(sandbox, "http://known.com/"))[..3] == "401");
        Assert.Equal("200 web /", await AskAsync(sandbox, "http://known.com/", Basic("foo", "secret")));
        Assert.Equal("200 web /", await AskAsync(sandbox, "http://known.com/", Basic("ann", "pw")));
        Assert.Equal("200 web /", await AskAsync(sandbox, "http://known.com/", Basic("sha", "pw")));
        Assert.Equal("401", (await AskAsync(sandbox, "http://known.com/", Basic("foo", "wrong")))[..3]);
        Assert.Equal("401", (await AskAsync(sandbox, "http://known.com/", Basic("sha", "wrong")))[..3]);

        Assert.Equal("302 https://asked.com/start?rd=http://asked.com%2Fa%3Fb%3Dc",
            await AskAsync(sandbox, "http://asked.com/a?b=c"));
        Assert.Equal("200 web / bob", await AskAsync(sandbox, "http://asked.com/", ("Cookie", "good=1")));
        Assert.Equal("403", (await AskAsync(sandbox, "http://asked.com/", ("Cookie", "bad=1")))[..3]);
        Assert.Equal("200 web / bob",
            await AskAsync(
                sandbox, "http://asked.com/", ("Cookie", "good=1"), ("X-User", "somebody"), ("X-None", "x")));

        string[] answers = new string[5];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = (await AskAsync(sandbox, "http://slow.com/"))[..3];
            Assert.Equal("200 web /", await AskAsync(sandbox, "http://exempt.com/"));
        }

        Assert.Equal("200 200 200 503 503", string.Join(' ', answers));
    }

    [Fact]
    public async Task A_canary_gets_what_headers_cookies_and_chance_send_it()
    {
        Assert.SkipWhen(Missing.Length > 0, Missing);
        using TemporaryFolder folder = new();
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        ServeHttp(sandbox, await sandbox.AddPodAsync("10.1.0.2"), "web");
        ServeHttp(sandbox, await sandbox.AddPodAsync("10.1.0.3"), "new");
        TestInformers informers = new();
        AddService(informers, "web", "10.1.0.2");
        AddService(informers, "new", "10.1.0.3");
        informers.Put(DefaultClass);
        informers.Put(NewIngress("main", Rule("example.com", ("/", "Prefix", "web"))));
        ApiIngress canary = NewIngress("canary", Rule("example.com", ("/", "Prefix", "new")));
        informers.Put(Annotated(
            canary, ("canary", "true"), ("canary-by-header", "X-Try"), ("canary-by-cookie", "try")));
        await using IngressController controller = Start(informers, sandbox, folder);
        await controller.Ready.WaitAsync(Patience);
        await UntilAsync(async () => await AskAsync(sandbox, "http://example.com/") == "200 web /");
        Assert.Equal("200 new /", await AskAsync(sandbox, "http://example.com/", ("X-Try", "always")));
        Assert.Equal("200 new /", await AskAsync(sandbox, "http://example.com/", ("Cookie", "try=always")));
        Assert.Equal("200 web /",
            await AskAsync(sandbox, "http://example.com/", ("X-Try", "never"), ("Cookie", "try=always")));

        informers.Put(Annotated(
            canary, ("canary", "true"), ("canary-by-header", "X-Try"), ("canary-by-header-pattern", "^v[0-9]+$"),
            ("canary-weight", "5"), ("canary-weight-total", "10")));
        await UntilAsync(async () => await AskAsync(sandbox, "http://example.com/", ("X-Try", "v2")) == "200 new /");
        int fresh = 0;
        for (int i = 0; i < 100; i++)
        {
            fresh += await AskAsync(sandbox, "http://example.com/") == "200 new /" ? 1 : 0;
        }

        // Half of them: less than 15 or more than 85 come once in many lives of the sun.
        Assert.InRange(fresh, 15, 85);
        informers.Delete<ApiIngress>("default", "canary");
        await UntilAsync(async () => await AskAsync(sandbox, "http://example.com/", ("X-Try", "v2")) == "200 web /");
    }

    private static (string Name, string Value) Basic(string name, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(name + ":" + password)));

    /// <summary>A server that says who may pass.</summary>
    private static void ServeAuth(NetworkSandbox sandbox, string where) => sandbox.Serve(where, 8080,
        async connection =>
    {
        await using NetworkStream stream = new(connection);
        while (await ReadAsync(stream) is { Length: > 0 } request)
        {
            string status = request.Contains("good=1", StringComparison.Ordinal) ? "200 OK\r\nX-User: bob"
                : request.Contains("bad=1", StringComparison.Ordinal) ? "403 Forbidden" : "401 Unauthorized";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        }
    });

    private static Task<string> AskAsync(
        NetworkSandbox sandbox, string url, params (string Name, string Value)[] headers) =>
        GetAsync(sandbox, url, headers: headers);

    private static IngressController Start(TestInformers informers, NetworkSandbox sandbox, TemporaryFolder folder) =>
        IngressController.Start(null!, informers, new()
        {
            Directory = Path.Combine(folder.Path, "haproxy"),
            NetworkNamespace = sandbox.Node,
            WritesStatus = false,
            ReloadInterval = TimeSpan.FromMilliseconds(50),
            Log = static text => TestContext.Current.SendDiagnosticMessage(text),
        });

    private static void AddService(TestInformers informers, string name, string pod)
    {
        informers.Put(Service(name, "10.96.0.1"));
        informers.Put(Slice(name, Endpoint(pod)));
    }

    private static Secret Certificate(string name, string host)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=" + host, key, HashAlgorithmName.SHA256);
        using X509Certificate2 made =
            request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return new()
        {
            Metadata = Meta("default", name),
            Data = ApiMap<Bytes>.From(
            [
                KeyValuePair.Create("tls.crt", Bytes.FromText(made.ExportCertificatePem())),
                KeyValuePair.Create("tls.key", Bytes.FromText(key.ExportPkcs8PrivateKeyPem())),
            ]),
        };
    }

    /// <summary>Asks on and on; the result is how often something went wrong.</summary>
    private static async Task<int> AskOnAsync(NetworkSandbox sandbox, CancellationToken stop)
    {
        int failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                failures += (await GetAsync(sandbox, "http://plain.example.com/"))[..3] == "200" ? 0 : 1;
            }
            catch (HttpRequestException)
            {
                failures++;
            }
        }

        return failures;
    }

    private static async Task<string> GetAsync(
        NetworkSandbox sandbox, string url, bool keepQuery = true, string subject = "",
        (string Name, string Value)[]? headers = null)
    {
        using SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            ConnectCallback = (context, _) => ValueTask.FromResult<Stream>(
                new NetworkStream(Connect(sandbox, context.DnsEndPoint.Port), ownsSocket: true)),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate!.Subject == subject;
        handler.UseCookies = false;
        using HttpClient client = new(handler) { Timeout = TimeSpan.FromSeconds(5) };
        foreach ((string name, string value) in headers ?? [])
        {
            client.DefaultRequestHeaders.Add(name, value);
        }

        using HttpResponseMessage response = await client.GetAsync(new Uri(url));
        string body = response.Headers.Location?.OriginalString ?? await response.Content.ReadAsStringAsync();
        return $"{(int)response.StatusCode} {(keepQuery ? body : body.Split('?')[0])}";
    }

    private static Socket Connect(NetworkSandbox sandbox, int port) => NetworkSandbox.In(sandbox.Node, () =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(System.Net.IPAddress.Loopback, port);
        return socket;
    });

    /// <summary>A server that answers with its name and the path, and turns upgraded connections back on
    /// themselves.</summary>
    private static void ServeHttp(NetworkSandbox sandbox, string where, string name) =>
        sandbox.Serve(where, 8080, async connection =>
        {
            await using NetworkStream stream = new(connection);
            while (true)
            {
                string request = await ReadAsync(stream);
                if (request.Length == 0)
                {
                    return;
                }

                if (request.Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase))
                {
                    await stream.WriteAsync(
                        "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"u8.ToArray());

                    // What belongs to the key that the test sends (RFC 6455).
                    await stream.WriteAsync("Sec-WebSocket-Accept: +I6SyLIaWoDVyDga6eYd6AAeTAo=\r\n\r\n"u8.ToArray());
                    await stream.CopyToAsync(stream);
                    return;
                }

                string user = request.Split('\n')
                    .FirstOrDefault(static one => one.StartsWith("x-user: ", StringComparison.OrdinalIgnoreCase)) ?? "";
                string body = $"{name} {request.Split(' ')[1]} {user[Math.Min(8, user.Length)..].Trim()}".TrimEnd();
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            }
        });

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        int length = await stream.ReadAsync(buffer, patience.Token);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                // HAProxy is not there yet.
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "it did not come to be");
            await Task.Delay(20);
        }
    }
}
