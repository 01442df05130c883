using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Cluster;

namespace Keelson.EndToEnd.Tests;

/// <summary>A whole control plane in this process, spoken to as any client does.</summary>
public sealed class ControlPlaneTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-e2e-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        string uid;
        await using (ControlPlane plane = await StartAsync())
        {
            using HttpClient client = Client(plane);
            JsonNode created = await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"},"data":{"k":"v"}}""", HttpStatusCode.Created);
            uid = (string)created["metadata"]!["uid"]!;
        }

        await using ControlPlane again = await StartAsync();
        using HttpClient second = Client(again);
        JsonNode read = await SendAsync(
            second, HttpMethod.Get, "/api/v1/namespaces/default/configmaps/a", null, HttpStatusCode.OK);
        Assert.Equal(uid, (string)read["metadata"]!["uid"]!);
        Assert.Equal("v", (string)read["data"]!["k"]!);
    }

    [Fact]
    public async Task A_pod_of_a_new_namespace_gets_its_account_its_defaults_and_a_place_in_the_watch()
    {
        await using ControlPlane plane = await StartAsync();
        using HttpClient client = Client(plane);
        await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces", """{"metadata":{"name":"shop"}}""", HttpStatusCode.Created);
        await EventuallyAsync(client, "/api/v1/namespaces/shop/serviceaccounts/default", HttpStatusCode.OK);

        using HttpResponseMessage watch = await client.GetAsync(
            "/api/v1/namespaces/shop/pods?watch=true&timeoutSeconds=20", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader events = new(await watch.Content.ReadAsStreamAsync());
        JsonNode pod = await SendAsync(
            client,
            HttpMethod.Post,
            "/api/v1/namespaces/shop/pods",
            """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx:1.25"}]}}""",
            HttpStatusCode.Created);

        Assert.Equal("default", (string)pod["spec"]!["serviceAccountName"]!);
        Assert.Equal("IfNotPresent", (string)pod["spec"]!["containers"]![0]!["imagePullPolicy"]!);
        Assert.Equal("Pending", (string)pod["status"]!["phase"]!);
        JsonNode added = JsonNode.Parse((await events.ReadLineAsync().WaitAsync(Patience))!)!;
        Assert.Equal("ADDED", (string)added["type"]!);
        Assert.Equal(
            (string)pod["metadata"]!["resourceVersion"]!, (string)added["object"]!["metadata"]!["resourceVersion"]!);
    }

    [Fact]
    public async Task A_deleted_namespace_takes_everything_in_it_along()
    {
        await using ControlPlane plane = await StartAsync();
        using HttpClient client = Client(plane);
        await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces", """{"metadata":{"name":"gone"}}""", HttpStatusCode.Created);
        await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces/gone/configmaps", """{"metadata":{"name":"a"}}""", HttpStatusCode.Created);
        await SendAsync(client, HttpMethod.Delete, "/api/v1/namespaces/gone", null, HttpStatusCode.OK);
        await EventuallyAsync(client, "/api/v1/namespaces/gone", HttpStatusCode.NotFound);
        await SendAsync(client, HttpMethod.Get, "/api/v1/namespaces/gone/configmaps/a", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_shows_no_certificate_may_not_read()
    {
        await using ControlPlane plane = await StartAsync();
        using HttpClient anonymous = Client(plane, withCertificate: false);
        JsonNode refused = await SendAsync(
            anonymous, HttpMethod.Get, "/api/v1/namespaces/default/secrets", null, HttpStatusCode.Forbidden);
        Assert.Equal(
            "secrets is forbidden: User \"system:anonymous\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"",
            (string)refused["message"]!);
    }

    [Fact]
    public async Task Services_get_addresses_of_their_own()
    {
        await using ControlPlane plane = await StartAsync();
        using HttpClient client = Client(plane);
        HashSet<string> addresses = [];
        for (int i = 0; i < 5; i++)
        {
            JsonNode service = await SendAsync(
                client,
                HttpMethod.Post,
                "/api/v1/namespaces/default/services",
                $$$"""{"metadata":{"name":"s{{{i}}}"},"spec":{"ports":[{"port":80}]}}""",
                HttpStatusCode.Created);
            Assert.True(addresses.Add((string)service["spec"]!["clusterIP"]!));
        }
    }

    private static async Task<JsonNode> SendAsync(
        HttpClient client, HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await client.SendAsync(request).WaitAsync(Patience);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static async Task EventuallyAsync(HttpClient client, string path, HttpStatusCode expected)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync(path).WaitAsync(Patience);
            if (response.StatusCode == expected)
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"{path} stays at {response.StatusCode}");
            await Task.Delay(50);
        }
    }

    private HttpClient Client(ControlPlane plane, bool withCertificate = true)
    {
        string pki = Path.Combine(_directory, "pki");
        X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(pki, "ca.crt"));
        SocketsHttpHandler handler = new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                    chain.ChainPolicy.CustomTrustStore.Add(authority);
                    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                    return chain.Build((X509Certificate2)certificate!);
                },
            },
        };
        if (withCertificate)
        {
            using X509Certificate2 pair =
                X509Certificate2.CreateFromPemFile(Path.Combine(pki, "admin.crt"), Path.Combine(pki, "admin.key"));
            handler.SslOptions.ClientCertificates =
                [X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pfx), null)];
        }

        return new HttpClient(handler) { BaseAddress = new Uri(plane.Url), Timeout = Patience };
    }

    private Task<ControlPlane> StartAsync() =>
        ControlPlane.StartAsync(new ControlPlaneConfig { DataDirectory = _directory }, CancellationToken.None);
}
