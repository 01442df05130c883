using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster.Pki;
using Keelson.Machinery.Certificates;

namespace Keelson.Cluster.Tests.Pki;

public sealed class ClusterPkiTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("keelson-pki-").FullName;
    private readonly SettableTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void First_start_makes_kubeadms_files_and_a_second_start_keeps_them()
    {
        Open();
        var first = Contents();
        Assert.Equal(
            [
                "admin.kubeconfig", "controller-manager.conf", "kubelet.conf", "pki/admin.crt", "pki/admin.key",
                "pki/apiserver-kubelet-client.crt", "pki/apiserver-kubelet-client.key", "pki/apiserver.crt",
                "pki/apiserver.key", "pki/ca.crt", "pki/ca.key", "pki/front-proxy-ca.crt", "pki/front-proxy-ca.key",
                "pki/front-proxy-client.crt", "pki/front-proxy-client.key", "pki/sa.key", "pki/sa.pub",
                "scheduler.conf",
            ],
            first.Keys);
        foreach (var name in first.Keys.Where(name => name.EndsWith(".key") || name.EndsWith(".conf") || name.EndsWith(".kubeconfig")))
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory, name)));
        }

        Open();
        Assert.Equal(first, Contents());
    }

    [Fact]
    public async Task The_servers_certificate_names_all_that_clients_may_call_it()
    {
        var pki = Open().Current;
        var names = SubjectAlternativeNames.Read(pki.Serving.Certificate);
        Assert.Equal(
            [
                "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
                "box", "localhost",
            ],
            names.DnsNames);
        Assert.Equal(["127.0.0.1", "::1", "10.96.0.1", "192.0.2.7"], names.IpAddresses.Select(ip => ip.ToString()));
        Assert.True(Verifies(pki.Serving.Certificate, pki.ClusterAuthority, CertificateUsages.ServerAuthOid));
        Assert.False(Verifies(pki.Serving.Certificate, pki.ClusterAuthority, CertificateUsages.ClientAuthOid));
        Assert.Equal(256, pki.Serving.Certificate.GetECDsaPrivateKey()!.KeySize);
        Assert.Equal(2048, Assert.IsAssignableFrom<RSA>(await pki.ServiceAccountKey).KeySize);
    }

    [Fact]
    public void Kubeconfigs_carry_a_client_certificate_of_their_user_and_groups()
    {
        var authority = Open().Current.ClusterAuthority;
        AssertUser("admin.kubeconfig", "kubernetes-admin", ["system:masters"]);
        AssertUser("controller-manager.conf", "system:kube-controller-manager", []);
        AssertUser("scheduler.conf", "system:kube-scheduler", []);
        AssertUser("kubelet.conf", "system:node:box", ["system:nodes"]);

        void AssertUser(string file, string name, string[] groups)
        {
            var (_, cluster, user) = KubeconfigReader.ReadFile(Path.Combine(directory, file)).Select();
            Assert.Equal("https://192.0.2.7:6443", cluster.Server);
            Assert.Equal(authority, X509Certificate2.CreateFromPem(cluster.CertificateAuthorityPem));
            var certificate = X509Certificate2.CreateFromPem(user.ClientCertificatePem, user.ClientKeyPem);
            Assert.True(Verifies(certificate, authority, CertificateUsages.ClientAuthOid));
            var subject = CertificateSubject.Read(certificate.SubjectName);
            Assert.Equal(name, subject.CommonName);
            Assert.Equal(groups, subject.Organizations);
        }
    }

    [Fact]
    public void Certificates_are_renewed_in_the_last_third_of_their_life()
    {
        var pki = Open();
        var before = pki.Current;
        time.Now += TimeSpan.FromDays(243);
        Assert.Empty(pki.Renew());
        Assert.Same(before, pki.Current);

        var told = 0;
        pki.Renewed += _ => told++;
        time.Now += TimeSpan.FromDays(1);
        var written = pki.Renew();
        Assert.Equal(8, written.Count);
        Assert.Equal(1, told);
        Assert.NotEqual(before.Serving.Certificate, pki.Current.Serving.Certificate);
        Assert.Equal(before.ClusterAuthority, pki.Current.ClusterAuthority);
        Assert.Equal(time.Now.AddDays(365), pki.Current.Serving.Certificate.NotAfter);
    }

    [Fact]
    public void A_renewed_authority_keeps_its_key_so_old_trust_holds()
    {
        var pki = Open();
        var before = pki.Current;
        time.Now += TimeSpan.FromDays(2500);
        pki.Renew();
        var after = pki.Current;
        Assert.NotEqual(before.ClusterAuthority, after.ClusterAuthority);
        Assert.True(Verifies(after.Serving.Certificate, before.ClusterAuthority, CertificateUsages.ServerAuthOid));
        var (_, cluster, _) = KubeconfigReader.ReadFile(Path.Combine(directory, "scheduler.conf")).Select();
        Assert.Equal(after.ClusterAuthority, X509Certificate2.CreateFromPem(cluster.CertificateAuthorityPem));
    }

    [Fact]
    public void A_new_address_has_only_the_servers_certificate_issued_anew()
    {
        Open();
        var before = Contents();
        ClusterPki.Open(Config() with { AdvertisedAddresses = ["192.0.2.7", "api.example.com"] }, time);
        var changed = Contents().Where(file => before[file.Key] != file.Value).Select(file => file.Key);
        Assert.Equal(["pki/apiserver.crt", "pki/apiserver.key"], changed);
    }

    [Theory]
    [InlineData("pki/ca.key", "pki/apiserver.key", "pki/ca.key: not the private key of the certificate in")]
    [InlineData("pki/ca.crt", null, "pki/ca.crt: missing, though")]
    [InlineData("pki/apiserver.key", null, "pki/apiserver.key: missing, though")]
    [InlineData("pki/sa.key", null, "pki/sa.key: missing, though")]
    [InlineData("pki/sa.pub", "pki/ca.crt", "pki/sa.pub: not the public half of")]
    [InlineData("pki/sa.key", "pki/ca.crt", "pki/sa.key: not an RSA or ECDSA private key in PEM")]
    [InlineData("pki/apiserver.crt", "pki/sa.key", "pki/apiserver.crt: not a PEM certificate")]
    [InlineData("admin.kubeconfig", "pki/sa.key", "admin.kubeconfig: not a kubeconfig")]
    public void A_file_that_does_not_fit_is_named(string file, string? copyOf, string message)
    {
        Open();
        File.Delete(Path.Combine(directory, file));
        if (copyOf is not null)
        {
            File.Copy(Path.Combine(directory, copyOf), Path.Combine(directory, file));
        }
        var exception = Assert.Throws<PkiException>(Open);
        Assert.StartsWith(Path.Combine(directory, message), exception.Message);
    }

    [Fact]
    public void A_certificate_of_another_authority_is_refused()
    {
        Open();
        foreach (var extension in new[] { ".crt", ".key" })
        {
            File.Copy(
                Path.Combine(directory, "pki/front-proxy-client" + extension),
                Path.Combine(directory, "pki/admin" + extension), overwrite: true);
        }
        var exception = Assert.Throws<PkiException>(Open);
        Assert.StartsWith(Path.Combine(directory, "pki/admin.crt: not signed by"), exception.Message);
    }

    [Fact]
    public void An_authority_whose_key_is_kept_elsewhere_serves_until_something_must_be_issued()
    {
        Open();
        File.Delete(Path.Combine(directory, "pki/ca.key"));
        Open();
        time.Now += TimeSpan.FromDays(300);
        Open();
        time.Now += TimeSpan.FromDays(100);
        var exception = Assert.Throws<PkiException>(Open);
        Assert.StartsWith(Path.Combine(directory, "pki/ca.key: missing; it is needed to issue"), exception.Message);
    }

    [Fact]
    public void Kubeconfigs_follow_the_server_to_another_port_but_keep_an_address_of_their_own()
    {
        Open();
        string admin = Path.Combine(directory, "admin.kubeconfig");
        string scheduler = Path.Combine(directory, "scheduler.conf");
        File.WriteAllText(scheduler, File.ReadAllText(scheduler).Replace("192.0.2.7:6443", "proxy.example:443"));
        ClusterPki.Open(Config() with { ServerUrl = "https://192.0.2.7:7443" }, time);
        Assert.Contains("server: https://192.0.2.7:7443\n", File.ReadAllText(admin));
        Assert.Contains("server: https://proxy.example:443\n", File.ReadAllText(scheduler));
    }

    [Fact]
    public async Task A_running_cluster_looks_every_hour()
    {
        var pki = Open();
        using var cancellation = new CancellationTokenSource();
        var written = new TaskCompletionSource<int>();
        var running = pki.RunAsync((files, _) => written.TrySetResult(files.Count), cancellation.Token);
        time.Now += TimeSpan.FromDays(300);
        time.FireTimers();
        Assert.Equal(8, await written.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await cancellation.CancelAsync();
        await running;
    }

    private ClusterPki Open()
    {
        var pki = ClusterPki.Open(Config(), time);
        pki.Current.ServiceAccountKey.Wait();
        return pki;
    }

    private ClusterPkiConfig Config() => new()
    {
        Directory = directory, HostName = "box", AdvertisedAddresses = ["192.0.2.7"], NodeName = "box",
        ServerUrl = "https://192.0.2.7:6443",
    };

    private SortedDictionary<string, string> Contents() => new(
        Directory.GetFiles(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(directory, path), File.ReadAllText), StringComparer.Ordinal);

    private bool Verifies(X509Certificate2 certificate, X509Certificate2 authority, string usageOid)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = time.Now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usageOid));
        return chain.Build(certificate);
    }
}
