using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;
using Keelson.Store.Embedded;
using Keelson.Server.Tests.Authentication;

namespace Keelson.Server.Tests.Robustness;

/// <summary>A whole API server over a store in memory, and an administrator's way in. One for all tests of a class: it
/// has to stand what all of them do to it.</summary>
public sealed class RobustServer : IServingCertificateSource, IAsyncLifetime
{
    /// <summary>Short enough for a test to see what happens at its end.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(4);

    private const string Token = "robust";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FixedTime _time = new() { Now = TimeProvider.System.GetUtcNow() };
    private readonly TestCertificates _certificates;
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-robust-").FullName;
    private EmbeddedStore? _store;
    private ApiServer? _server;

    public RobustServer()
    {
        _certificates = new TestCertificates(_time);
        X509Certificate2 serving = _certificates.Issue(CertificateUsages.Server, "localhost").Certificate;
        Current = new ServingCertificate(serving);
    }

    public ServingCertificate Current { get; }

    /// <summary>What a request says to be let in.</summary>
    public static string Authorization => "Authorization: Bearer " + Token + "\r\n";

    public IPEndPoint Address => new(IPAddress.Loopback, _server!.Port);

    public HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        string tokens = Path.Combine(_directory, "tokens.csv");
        await File.WriteAllTextAsync(tokens, Token + ",admin,1,system:masters\n");
        _store = EmbeddedStore.Open(new EmbeddedStoreOptions());
        _server = await ApiServer.StartAsync(
            new ApiServerConfig
            {
                Store = _store,
                BindAddress = IPAddress.Loopback,
                SecurePort = 0,
                Certificates = this,
                ClientAuthorities = () => _certificates.Authorities,
                ServiceAccountKey = Task.FromResult<AsymmetricAlgorithm>(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
                TokenFile = tokens,
                Limits = new RequestLimitsConfig { RequestTimeout = RequestTimeout },
            },
            CancellationToken.None);
        Client = NewClient();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        await _store!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A client with connections of its own.</summary>
    public HttpClient NewClient()
    {
        SocketsHttpHandler handler = new()
        {
            SslOptions =
                new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        HttpClient client = new(handler) { BaseAddress = new Uri($"https://{Address}"), Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        return client;
    }

    /// <summary>The server answers, and soon.</summary>
    public async Task AssertAliveAsync()
    {
        using HttpClient fresh = NewClient();
        using HttpResponseMessage answer = await fresh.GetAsync("/readyz").WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>What the process holds after collecting what it can, in bytes.</summary>
    public static long Held()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
