using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Machinery.Certificates;
using Keelson.Nodes.Server;
using Keelson.Nodes.Server.Backends;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;

namespace Keelson.Nodes.Tests.Server;

/// <summary>A kubelet's server with a fake behind it, and clients of it.</summary>
internal sealed class KubeletFixture : IAsyncDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _admin;
    private KubeletServer _server = null!;

    private KubeletFixture()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _authority = CertificateIssuer.CreateAuthority(
            key, CertificateSubject.Build("test"), now, TimeSpan.FromHours(1));
        _admin = Issue("admin", CertificateUsages.Client);
    }

    public FakeBackend Backend { get; } = new();

    public ReviewingClient Api { get; } = new();

    /// <summary>What the server logged.</summary>
    public ConcurrentQueue<string> Logged { get; } = new();

    public static async Task<KubeletFixture> StartAsync(
        KubeletAccessConfig? access = null, Func<KubeletBackend, KubeletBackend>? change = null)
    {
        KubeletFixture fixture = new();
        X509Certificate2 serving = fixture.Issue("node-7", CertificateUsages.Server);
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(serving, null, offline: true);
        X509Certificate2[] authorities = [fixture._authority];
        KubeletBackend backend = fixture.Backend.ToBackend();
        backend = change?.Invoke(backend) ?? backend;
        fixture._server = await KubeletServer.StartAsync(
            new KubeletServerConfig
            {
                Backends = address => IPAddress.IsLoopback(address) ? backend : null,
                BindAddress = IPAddress.Loopback,
                Port = 0,
                Certificate = () => context,
                ClientAuthorities = () => authorities,
                Client = fixture.Api,
                Access = access ?? new KubeletAccessConfig(),
                Clock = TimeProvider.System,
                Log = fixture.Logged.Enqueue,
            },
            TestContext.Current.CancellationToken);
        return fixture;
    }

    /// <summary>Asks; the administrator shows a certificate, others a token or nothing.</summary>
    public async Task<(int Code, string Text)> GetAsync(string path, string? token = null, bool isAdmin = true)
    {
        using HttpClient client = new(Handler(isAdmin));
        using HttpRequestMessage request = new(HttpMethod.Get, Url(path));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The administrator puts a text.</summary>
    public async Task<(int Code, string Text)> PutAsync(string path, string text)
    {
        using HttpClient client = new(Handler(true));
        using StringContent content = new(text);
        using HttpResponseMessage response = await client.PutAsync(
            Url(path), content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A log while it grows.</summary>
    public async Task<StreamReader> FollowAsync(string path)
    {
        HttpClient client = new(Handler(true));
        return new StreamReader(await client.GetStreamAsync(Url(path), TestContext.Current.CancellationToken));
    }

    public async Task<SpdyConnection> SpdyAsync(string path, string protocol)
    {
        HttpMessageInvoker client = new(Handler(true));
        using HttpRequestMessage request = new(HttpMethod.Post, Url(path)) { Content = new ByteArrayContent([]) };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");
        request.Headers.TryAddWithoutValidation(StreamNames.ProtocolHeader, protocol);
        HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        return SpdyConnection.AsClient(await response.Content.ReadAsStreamAsync());
    }

    public async Task<ClientWebSocket> SocketAsync(string path, string protocol)
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.ClientCertificates.Add(_admin);
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        Uri url = new(Url(path).ToString().Replace("https", "wss", StringComparison.Ordinal));
        await socket.ConnectAsync(url, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Runs a command over SPDY; gives what it wrote and its status.</summary>
    public async Task<(string Output, string Errors, string Status)> ExecAsync(
        string query, string input = "", string protocol = "v4.channel.k8s.io")
    {
        StreamSelection selection = new(
            query.Contains("input=1", StringComparison.Ordinal), query.Contains("output=1", StringComparison.Ordinal),
            query.Contains("error=1", StringComparison.Ordinal), query.Contains("tty=1", StringComparison.Ordinal));
        await using SpdyConnection connection = await SpdyAsync("/exec/default/web/main?" + query, protocol);
        RemoteCommandStreams streams = await RemoteCommandStreams.OpenAsync(
            connection, selection, TestContext.Current.CancellationToken);
        if (streams.Resize is { } resize)
        {
            await resize.WriteAsync("{\"Width\":80,\"Height\":25}\n"u8.ToArray());
        }

        if (streams.Stdin is { } stdin)
        {
            await stdin.WriteAsync(Encoding.UTF8.GetBytes(input));
            await stdin.CompleteWritesAsync();
        }

        return (await ReadAsync(streams.Stdout), await ReadAsync(streams.Stderr), await ReadAsync(streams.Error));
    }

    public static async Task<string> ReadAsync(Stream? stream)
    {
        using StreamReader reader = new(stream ?? Stream.Null);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Uri Url(string path) => new($"https://127.0.0.1:{_server.Port}{path}");

    private SocketsHttpHandler Handler(bool isAdmin) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = isAdmin ? [_admin] : [],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        },
    };

    private X509Certificate2 Issue(string name, CertificateUsages usages)
    {
        using X509Certificate2 issued = new CertificateIssuer(_authority).Issue(
            CertificateSubject.Build(name), SubjectAlternativeNames.Of(["localhost", "127.0.0.1"]), usages,
            TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1));
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null);
    }
}
