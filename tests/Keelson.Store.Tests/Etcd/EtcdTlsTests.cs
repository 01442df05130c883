using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Store.Etcd;

namespace Keelson.Store.Tests.Etcd;

public sealed class EtcdTlsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string directory = Directory.CreateTempSubdirectory("etcd-tls-test-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_client_with_its_certificate_gets_in_and_one_without_does_not()
    {
        using X509Certificate2 authority = WriteAuthority();
        Write(authority, "server");
        Write(authority, "client");
        await using EtcdServer server = await EtcdServer.StartAsync(
            secure: true,
            "--cert-file", PathOf("server.crt"), "--key-file", PathOf("server.key"),
            "--client-cert-auth", "--trusted-ca-file", PathOf("ca.crt"));
        EtcdStoreConfig stranger = new()
        {
            Servers = [server.ClientUrl],
            AuthorityFile = PathOf("ca.crt"),
            UnreachableAfter = TimeSpan.FromMilliseconds(300),
        };
        EtcdStoreConfig known = stranger with
        {
            CertificateFile = PathOf("client.crt"),
            KeyFile = PathOf("client.key"),
            UnreachableAfter = TimeSpan.FromSeconds(30),
        };

        await using EtcdStore store = await EtcdStore.ConnectAsync(known);
        await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(KeyRange.Prefix("/")));
        WriteResult written = await store.PutIfAsync("/a", [1], 0);
        WatchBatch batch = await watch.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(written.Revision, batch.Revision);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => EtcdStore.ConnectAsync(stranger));
    }

    private string PathOf(string file) => Path.Combine(directory, file);

    private X509Certificate2 WriteAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=etcd-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = request.CreateSelfSigned(Start, End);
        File.WriteAllText(PathOf("ca.crt"), authority.ExportCertificatePem());
        return authority;
    }

    private void Write(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        OidCollection usages = [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")];
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(authority, Start, End, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(PathOf(name + ".crt"), issued.ExportCertificatePem());
        File.WriteAllText(PathOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }
}
