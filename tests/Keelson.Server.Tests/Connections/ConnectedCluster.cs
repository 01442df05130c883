using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;
using Keelson.Server.Tests.Authentication;
using Keelson.Store.Embedded;

namespace Keelson.Server.Tests.Connections;

/// <summary>An API server in memory, a node with a fake kubelet, and pods on it.</summary>
public sealed class ConnectedCluster : IAsyncLifetime, IServingCertificateSource
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FixedTime _time = new() { Now = TimeProvider.System.GetUtcNow() };
    private readonly TestCertificates _certificates;
    private EmbeddedStore? _store;
    private ApiServer? _server;

    public ConnectedCluster()
    {
        _certificates = new TestCertificates(_time);
        Current = new ServingCertificate(Issue(CertificateUsages.Server, "localhost"));
    }

    public ServingCertificate Current { get; }

    internal FakeKubelet Kubelet { get; private set; } = null!;

    public int Port => _server!.Port;

    /// <summary>Whether kubelets' certificates have to come from the cluster's authority; the fake one's does not then.
    /// </summary>
    public bool VerifiesKubelets { get; init; }

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Kubelet = await FakeKubelet.StartAsync(VerifiesKubelets ? new ConnectedCluster() : this);
        _store = EmbeddedStore.Open(new EmbeddedStoreOptions());
        X509Certificate2 shown = Issue(CertificateUsages.Client, "kube-apiserver-kubelet-client");
        _server = await ApiServer.StartAsync(
            new ApiServerConfig
            {
                Store = _store,
                BindAddress = IPAddress.Loopback,
                SecurePort = 0,
                Certificates = this,
                ClientAuthorities = () => _certificates.Authorities,
                KubeletClientCertificate = () => shown,
                ServiceAccountKey = Task.FromResult<System.Security.Cryptography.AsymmetricAlgorithm>(
                    System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256)),
                DisabledAdmissionPlugins = ["ServiceAccount"],
                Kubelets = new KubeletConfig
                {
                    Authorities = VerifiesKubelets ? () => _certificates.Authorities : null,
                },
            },
            CancellationToken.None);
        Admin = Client("admin", "system:masters");
        await NodeAsync("n", Kubelet.Port);
        await NodeAsync("modern", Kubelet.Port, "ExtendWebSocketsToKubelet");
        await NodeAsync("dead", 1);
        (string Pod, string Node)[] pods =
            [("p", "n"), ("gone", "n"), ("silent", "n"), ("early", "n"), ("m", "modern"), ("d", "dead"), ("w", "")];
        foreach ((string pod, string node) in pods)
        {
            await PodAsync(pod, node, """[{"name":"c","image":"i"}]""");
        }

        (HttpStatusCode code, string running) = await SendAsync(
            HttpMethod.Patch, "/api/v1/namespaces/default/pods/p/status", """{"status":{"phase":"Running"}}""");
        Assert.True(code == HttpStatusCode.OK, running);
        await PodAsync("two", "n", """[{"name":"a","image":"i"},{"name":"b","image":"i"}]""");
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _server!.DisposeAsync();
        await Kubelet.DisposeAsync();
        await _store!.DisposeAsync();
    }

    public HttpClient Client(string user, params string[] groups) =>
        new(new SocketsHttpHandler { SslOptions = Options(user, groups), AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"https://127.0.0.1:{Port}"),
            Timeout = Patience,
        };

    /// <summary>A WebSocket of a user.</summary>
    public async Task<ClientWebSocket> SocketAsync(
        string path, string protocol, string user = "admin", params string[] groups)
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        groups = user == "admin" ? ["system:masters"] : groups;
        socket.Options.ClientCertificates = [Issue(CertificateUsages.Client, user, groups)];
        using CancellationTokenSource patience = new(Patience);
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{Port}{path}"), patience.Token);
        return socket;
    }

    public async Task<(HttpStatusCode Code, string Text)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (method == HttpMethod.Patch)
            {
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/merge-patch+json");
            }
        }

        using HttpResponseMessage response = await Admin.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<string> MessageAsync(HttpMethod method, string path)
    {
        (HttpStatusCode code, string text) = await SendAsync(method, path);
        return $"{(int)code} {JsonDocument.Parse(text).RootElement.GetProperty("message").GetString()}";
    }

    public async Task CreateAsync(string path, string body)
    {
        (HttpStatusCode code, string text) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(code == HttpStatusCode.Created, text);
    }

    public async Task PodAsync(string name, string node, string containers)
    {
        string placed = node.Length > 0 ? $"\"nodeName\":\"{node}\"," : "";
        await CreateAsync(
            "/api/v1/namespaces/default/pods",
            "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{" + placed + "\"containers\":" + containers + "}}");
    }

    /// <summary>A kubeconfig for an administrator, written into a directory.</summary>
    public string WriteKubeconfig(string directory)
    {
        X509Certificate2 admin = Issue(CertificateUsages.Client, "admin", "system:masters");
        string key = admin.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        string path = Path.Combine(directory, "kubeconfig");
        File.WriteAllText(path, $"""
            apiVersion: v1
            kind: Config
            current-context: k
            contexts:
            - name: k
              context:
                cluster: k
                user: k
            clusters:
            - name: k
              cluster:
                server: https://127.0.0.1:{Port}
                insecure-skip-tls-verify: true
            users:
            - name: k
              user:
                client-certificate-data: {Base64(admin.ExportCertificatePem())}
                client-key-data: {Base64(key)}
            """);
        return path;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task NodeAsync(string name, int port, string? feature = null)
    {
        string features = feature is null ? "" : $",\"declaredFeatures\":[\"{feature}\"]";
        string addresses = "\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"127.0.0.1\"}]";
        await CreateAsync(
            "/api/v1/nodes",
            "{\"metadata\":{\"name\":\"" + name + "\"},\"status\":{" + addresses
                + ",\"daemonEndpoints\":{\"kubeletEndpoint\":{\"Port\":" + port + "}}" + features + "}}");
    }

    private X509Certificate2 Issue(CertificateUsages usages, string name, params string[] groups) =>
        _certificates.Issue(usages, name, groups).Certificate;

    private SslClientAuthenticationOptions Options(string user, string[] groups) => new()
    {
        ClientCertificates = [Issue(CertificateUsages.Client, user, groups)],
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };
}
