using System.Text;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster.Pki;
using Keelson.Machinery.Tests.Fuzz;

namespace Keelson.Cluster.Tests.Pki;

/// <summary>Kubeconfigs and PEM files that somebody's editor, disk or script broke: refused with the file's
/// name.</summary>
public sealed class FileFuzzTests
{
    private const int Rounds = 2000;

    private const string Kubeconfig =
        """
        apiVersion: v1
        kind: Config
        current-context: c
        clusters: [{name: k, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: AAAA, insecure-skip-tls-verify: false}}]
        users:
        - name: u
          user: {token: t, client-certificate-data: AAAA, client-key-data: AAAA}
        contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]
        """;

    [Fact]
    public void Kubeconfigs()
    {
        Mutation mutation = new(1);
        for (int round = 0; round < Rounds; round++)
        {
            string text = Encoding.UTF8.GetString(mutation.Of(Encoding.UTF8.GetBytes(Kubeconfig)));
            try
            {
                _ = KubeconfigReader.Read(text, "/file");
            }
            catch (KubeconfigException refusal)
            {
                Assert.Contains("/file", refusal.Message);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"round {round}: {failure.GetType().Name} for {text}", failure);
            }
        }
    }

    [Fact]
    public void Certificates()
    {
        using System.Security.Cryptography.ECDsa key = System.Security.Cryptography.ECDsa.Create();
        System.Security.Cryptography.X509Certificates.CertificateRequest request =
            new("CN=a", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        byte[] good = Encoding.UTF8.GetBytes(
            request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)).ExportCertificatePem());
        Mutation mutation = new(2);
        for (int round = 0; round < 400; round++)
        {
            string text = Encoding.UTF8.GetString(mutation.Of(good));
            try
            {
                PemCertificates.Parse(text, "/file").Dispose();
            }
            catch (PkiException refusal)
            {
                Assert.Contains("/file", refusal.Message);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"round {round}: {failure.GetType().Name} for {text}", failure);
            }
        }
    }
}
