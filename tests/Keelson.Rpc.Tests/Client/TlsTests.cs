using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Rpc.Tests.Client;

public sealed class TlsTests
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_client_with_a_trusted_certificate_is_served_over_tcp_and_unix_socket()
    {
        using X509Certificate2 authority = Authority("ours");
        string socket = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock");
        await using EchoServer server = await EchoServer.StartAsync(
        [
            Guarded(RpcListener.Tcp(new IPEndPoint(IPAddress.Loopback, 0)), authority),
            Guarded(RpcListener.Unix(socket), authority),
        ]);

        foreach (RpcEndpoint endpoint in server.Endpoints)
        {
            using var channel = new RpcChannel(
                new RpcChannelConfig { Endpoints = [endpoint], Tls = Client(authority, authority) });
            EchoResponse response = await channel.UnaryAsync(Echo.Say, new EchoRequest { Text = "secret" });
            Assert.Equal("secret", response.Text);
        }
    }

    [Fact]
    public async Task A_client_trusts_only_its_authorities()
    {
        using X509Certificate2 ours = Authority("ours");
        using X509Certificate2 theirs = Authority("theirs");
        await using EchoServer server = await EchoServer.StartAsync(
            [Guarded(RpcListener.Tcp(new IPEndPoint(IPAddress.Loopback, 0)), ours)]);
        using var channel = new RpcChannel(
            new RpcChannelConfig { Endpoints = server.Endpoints, Tls = Client(theirs, ours) });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            channel.UnaryAsync(Echo.Say, new EchoRequest()));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.StartsWith(
            "connection error: desc = \"transport: authentication handshake failed: ", error.Status.Message);
    }

    [Fact]
    public async Task A_server_lets_in_only_clients_of_its_authorities()
    {
        using X509Certificate2 ours = Authority("ours");
        using X509Certificate2 theirs = Authority("theirs");
        await using EchoServer server = await EchoServer.StartAsync(
            [Guarded(RpcListener.Tcp(new IPEndPoint(IPAddress.Loopback, 0)), ours)]);
        using var channel = new RpcChannel(
            new RpcChannelConfig { Endpoints = server.Endpoints, Tls = Client(ours, theirs) });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            channel.UnaryAsync(Echo.Say, new EchoRequest()));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
    }

    private static RpcListener Guarded(RpcListener listener, X509Certificate2 authority) => listener with
    {
        Certificate = Issue(authority, "server", "1.3.6.1.5.5.7.3.1"),
        ClientAuthorities = [X509CertificateLoader.LoadCertificate(authority.RawData)],
    };

    private static RpcTlsConfig Client(X509Certificate2 trusted, X509Certificate2 issuer) => new()
    {
        TrustedAuthorities = () => [X509CertificateLoader.LoadCertificate(trusted.RawData)],
        ClientCertificate = () =>
            SslStreamCertificateContext.Create(Issue(issuer, "client", "1.3.6.1.5.5.7.3.2"), null, true),
    };

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Start, End);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(authority, Start, End, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
