using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Cluster;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>One control plane for all tests of a class, each of which works in a namespace of its own.</summary>
public class ClusterFixture : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-controllers-").FullName;
    private ControlPlane? _plane;
    private HttpClient? _client;

    /// <summary>A client with the rights of an administrator.</summary>
    public HttpClient Client => _client!;

    /// <summary>The administrator's kubeconfig.</summary>
    public string Kubeconfig => _plane!.AdminKubeconfig;

    /// <summary>The cluster.</summary>
    protected ControlPlane Plane => _plane!;

    public async ValueTask InitializeAsync()
    {
        _plane = await ControlPlane.StartAsync(
            Configure(new ControlPlaneConfig { DataDirectory = _directory }), CancellationToken.None);
        string pki = Path.Combine(_directory, "pki");
        using X509Certificate2 pair =
            X509Certificate2.CreateFromPemFile(Path.Combine(pki, "admin.crt"), Path.Combine(pki, "admin.key"));
        SocketsHttpHandler handler = new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                ClientCertificates = [X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pfx), null)],
            },
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri(_plane.Url), Timeout = Patience };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client?.Dispose();
        if (_plane is not null)
        {
            await _plane.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>What the cluster is like beside the defaults.</summary>
    protected virtual ControlPlaneConfig Configure(ControlPlaneConfig config) => config;

    /// <summary>Creates a namespace and waits until pods can be created in it.</summary>
    public async Task NamespaceAsync(string name)
    {
        await PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        await EventuallyAsync($"/api/v1/namespaces/{name}/serviceaccounts/default", static _ => true);
    }

    public Task<JsonNode> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<JsonNode> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<JsonNode> DeleteAsync(string path, string? options = null) =>
        SendAsync(HttpMethod.Delete, path, options);

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonNode> PatchAsync(string path, string merge) =>
        SendAsync(HttpMethod.Patch, path, merge, "application/merge-patch+json");

    /// <summary>Sends a request that must succeed.</summary>
    public async Task<JsonNode> SendAsync(
        HttpMethod method, string path, string? body, string contentType = "application/json")
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Waits until what is at a path is as it should be.</summary>
    public async Task<JsonNode> EventuallyAsync(string path, Func<JsonNode, bool> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        string last = "";
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            using HttpResponseMessage response = await Client.GetAsync(path);
            last = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode && JsonNode.Parse(last) is { } node && holds(node))
            {
                return node;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"{path} stays at {last}");
    }

    /// <summary>Waits until nothing is at a path any more.</summary>
    public async Task GoneAsync(string path)
    {
        long start = TimeProvider.System.GetTimestamp();
        string last = "";
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            using HttpResponseMessage response = await Client.GetAsync(path);
            last = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"{path} stays at {last}");
    }

    /// <summary>Whether something is at a path.</summary>
    public async Task<bool> ExistsAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        return response.IsSuccessStatusCode;
    }
}
