using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Cluster;
using Keelson.Commands;
using Keelson.Commands.ApiServer;

namespace Keelson.EndToEnd.Tests.ApiServer;

/// <summary>A directory with what an API server is given in files, and servers started from it.</summary>
internal sealed class ServerDirectory : IDisposable
{
    public const string AdminToken = "admin-token";
    public const string JoeToken = "joe-token";

    private readonly string _path = Directory.CreateTempSubdirectory("keelson-apiserver-").FullName;

    public ServerDirectory()
    {
        using RSA key = RSA.Create(2048);
        Write("sa.key", key.ExportRSAPrivateKeyPem());
        Write("sa.pub", key.ExportSubjectPublicKeyInfoPem());
        Write("tokens.csv", $"{AdminToken},admin,1,\"system:masters\"\n{JoeToken},joe,2\n");
    }

    public string this[string name] => Path.Combine(_path, name);

    public void Write(string name, string text) => File.WriteAllText(this[name], text);

    /// <summary>A self-signed certificate and its key, in NAME.crt and NAME.key.</summary>
    public X509Certificate2 MakeCertificate(string name, params string[] hosts)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string host in hosts)
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        X509Certificate2 certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
        Write(name + ".crt", certificate.ExportCertificatePem());
        Write(name + ".key", key.ExportECPrivateKeyPem());
        return certificate;
    }

    /// <summary>Flags that every server here gets.</summary>
    public string[] Flags(params string[] more) =>
    [
        "--service-account-issuer=https://issuer.example",
        "--service-account-signing-key-file", this["sa.key"],
        $"--service-account-key-file={this["sa.pub"]}",
        "--token-auth-file=" + this["tokens.csv"],
        "--cert-dir=" + this["certs"],
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--authorization-mode=Node,RBAC",
        "--service-cluster-ip-range=10.96.0.0/16",
        .. more,
    ];

    /// <summary>Starts a server as the command does.</summary>
    public async Task<RunningServer> StartAsync(params string[] more)
    {
        int port = FreePort();
        ApiServerFlags flags = new();
        Assert.False(ApiServerCommand.Parse(flags, Flags([$"--secure-port={port}", .. more])));
        List<string> log = [];
        ServerProcess process = new(TimeProvider.System, line => { lock (log) { log.Add(line); } }, _ => { });
        return new RunningServer(await ApiServerCommand.StartAsync(flags, process, CancellationToken.None));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A server that runs, and clients for it.</summary>
internal sealed class RunningServer(StandaloneApiServer server) : IAsyncDisposable
{
    private int _running = 1;

    public int Port => server.Port;

    /// <summary>A client with a token, which looks at no certificate.</summary>
    public HttpClient Client(string token)
    {
        SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        HttpClient client =
            new(handler) { BaseAddress = new Uri($"https://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>Ends the server; once.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _running, 0) == 1 ? server.DisposeAsync() : ValueTask.CompletedTask;
}
