using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>Debian's docker-registry on a free port, standing in for Docker Hub.</summary>
public sealed class TestRegistry : IAsyncDisposable
{
    private const string Loopback = "127.0.0.1";
    private const string Program = "/usr/bin/docker-registry";

    /// <summary>Who may use a registry that is private.</summary>
    public const string User = "someone";

    /// <summary>That user's password.</summary>
    public const string Password = "secret";

    // bcrypt with the fewest rounds.
    private const string PasswordHash = "$2b$05$Oc4ZKULyN3oWEvkAq5NlPug7i5w28ztFNspBEegyehlone32bcUWO";

    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly HttpClient _client;

    private TestRegistry(Process process, string address, int port)
    {
        _process = process;
        Url = $"http://{address}:{port}";
        _client = new HttpClient { BaseAddress = new Uri(Url), Timeout = Patience };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
    }

    /// <summary>True when the program is there.</summary>
    public static bool IsInstalled => File.Exists(Program);

    /// <summary>Where it answers.</summary>
    public string Url { get; }

    /// <summary>Starts it with its data in a directory.</summary>
    public static Task<TestRegistry> StartAsync(string directory, string address = Loopback) =>
        StartAsync(directory, address, "");

    /// <summary>Starts one that wants to know who asks: <see cref="User"/>.</summary>
    public static async Task<TestRegistry> StartPrivateAsync(string directory)
    {
        string users = Path.Combine(directory, "htpasswd");
        await File.WriteAllTextAsync(users, $"{User}:{PasswordHash}\n");
        return await StartAsync(
            directory, Loopback, $"auth: {"{"} htpasswd: {"{"} realm: test, path: {users} {"}"} {"}"}");
    }

    private static async Task<TestRegistry> StartAsync(string directory, string address, string access)
    {
        using TcpListener listener = new(IPAddress.Parse(address), 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        string config = Path.Combine(directory, "registry.yml");
        await File.WriteAllTextAsync(config, $"""
            version: 0.1
            log: {"{"} level: error, accesslog: {"{"} disabled: true {"}"} {"}"}
            storage: {"{"} filesystem: {"{"} rootdirectory: {Path.Combine(directory, "registry")} {"}"} {"}"}
            http: {"{"} addr: "{address}:{port}" {"}"}
            {access}

            """);
        TestRegistry registry = new(Process.Start(Program, ["serve", config]), address, port);
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await registry._client.GetAsync("/v2/");
                return registry;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Puts an image into it.</summary>
    public async Task PushAsync(TestImage image)
    {
        string[] name = image.Name.Split(':');
        await PushBlobAsync(name[0], image.Config);
        await PushBlobAsync(name[0], image.Layer);
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = Descriptor("application/vnd.docker.container.image.v1+json", image.Config),
            ["layers"] = new JsonArray(Descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", image.Layer)),
        };
        using StringContent body = new(manifest.ToJsonString(), Encoding.UTF8, ManifestType);
        using HttpResponseMessage put = await _client.PutAsync($"/v2/{name[0]}/manifests/{name[1]}", body);
        Assert.True(put.IsSuccessStatusCode, $"{image.Name}: {put.StatusCode}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static JsonObject Descriptor(string type, byte[] content) => new()
    {
        ["mediaType"] = type,
        ["size"] = content.Length,
        ["digest"] = TestImage.Digest(content),
    };

    private async Task PushBlobAsync(string repository, byte[] content)
    {
        using HttpResponseMessage started = await _client.PostAsync($"/v2/{repository}/blobs/uploads/", null);
        UriBuilder location = new(new Uri(new Uri(Url), started.Headers.Location!));
        string digest = "digest=" + Uri.EscapeDataString(TestImage.Digest(content));
        location.Query = location.Query.Length > 1 ? location.Query[1..] + "&" + digest : digest;
        using ByteArrayContent body = new(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using HttpResponseMessage put = await _client.PutAsync(location.Uri, body);
        Assert.True(put.IsSuccessStatusCode, $"{repository}: {put.StatusCode} {await put.Content.ReadAsStringAsync()}");
    }
}
