using System.Text;
using Keelson.Client.Kubeconfigs;

namespace Keelson.Cluster.Tests.Pki;

public sealed class KubeconfigTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var written = Kubeconfig.Of(
            "home",
            new KubeconfigCluster
            {
                Server = "https://[::1]:6443", CertificateAuthorityPem = "CA\n", TlsServerName = "kubernetes",
            },
            "yes",
            new KubeconfigUser { Token = "a\"b\\c # d", Username = "007", Password = "" });
        var read = KubeconfigReader.Read(KubeconfigWriter.Write(written), "test.conf");
        Assert.Equal(written.Select(), read.Select());
    }

    [Fact]
    public void The_text_is_laid_out_as_kubectl_lays_it_out()
    {
        var kubeconfig = Kubeconfig.Of(
            "kubernetes", new KubeconfigCluster { Server = "https://127.0.0.1:6443", CertificateAuthorityPem = "CA" },
            "kubernetes-admin", new KubeconfigUser { ClientCertificatePem = "C", ClientKeyPem = "K" });
        Assert.Equal(
            """
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: Q0E=
                server: https://127.0.0.1:6443
              name: kubernetes
            contexts:
            - context:
                cluster: kubernetes
                user: kubernetes-admin
              name: kubernetes-admin@kubernetes
            current-context: kubernetes-admin@kubernetes
            kind: Config
            users:
            - name: kubernetes-admin
              user:
                client-certificate-data: Qw==
                client-key-data: Sw==

            """,
            KubeconfigWriter.Write(kubeconfig));
    }

    [Theory]
    [InlineData("a: [", "f.conf: ")]
    [InlineData("[]", "f.conf: not a kubeconfig")]
    [InlineData("{kind: Pod}", "f.conf: kind: \"Config\" is expected")]
    [InlineData("{users: [{name: u, user: {client-key-data: '*'}}]}",
        "f.conf: users[0].user.client-key-data: not valid base64")]
    [InlineData("{clusters: [{cluster: {}}]}", "f.conf: clusters[0].name: required")]
    [InlineData("{clusters: [{name: c, cluster: {certificate-authority: nowhere.crt}}]}",
        "f.conf: clusters[0].cluster.certificate-authority: ")]
    public void Errors_name_the_file_and_the_field(string text, string message)
    {
        var exception = Assert.Throws<KubeconfigException>(() => KubeconfigReader.Read(text, "f.conf"));
        Assert.StartsWith(message, exception.Message);
    }

    [Fact]
    public void Files_are_found_relative_to_the_kubeconfig()
    {
        var directory = Directory.CreateTempSubdirectory("keelson-kubeconfig-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "ca.crt"), "PEM");
            var path = Path.Combine(directory.FullName, "config");
            File.WriteAllText(path, """
                {"current-context": "x", "contexts": [{"name": "x", "context": {"cluster": "c", "namespace": "n"}}],
                 "clusters": [{"name": "c", "cluster": {"server": "https://h", "certificate-authority": "ca.crt"}}]}
                """);
            var (context, cluster, user) = KubeconfigReader.ReadFile(path).Select();
            Assert.Equal(("n", "PEM", null), (context.Namespace, cluster.CertificateAuthorityPem, user.Token));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
