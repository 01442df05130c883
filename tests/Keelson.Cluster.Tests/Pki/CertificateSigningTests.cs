using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Machinery.Certificates;

namespace Keelson.Cluster.Tests.Pki;

public sealed class CertificateSigningTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_request_is_read_and_signed_with_what_it_asks_for()
    {
        using var key = RSA.Create(2048);
        var pem = RequestPem(key, "system:node:n1", names =>
        {
            names.AddDnsName("n1");
            names.AddIpAddress(IPAddress.Parse("192.0.2.9"));
            names.AddEmailAddress("a@example.com");
            names.AddUri(new Uri("spiffe://example.com/n1"));
        });
        var content = CertificateRequestContent.Parse(pem, out var error);
        Assert.Null(error);
        Assert.NotNull(content);
        Assert.True(content.SignatureIsValid);
        Assert.Equal("system:node:n1", content.Subject.CommonName);
        Assert.Equal(["system:nodes"], content.Subject.Organizations);
        Assert.Equal(["n1"], content.AlternativeNames.DnsNames);
        Assert.Equal([IPAddress.Parse("192.0.2.9")], content.AlternativeNames.IpAddresses);
        Assert.Equal(["a@example.com"], content.AlternativeNames.EmailAddresses);
        Assert.Equal(["spiffe://example.com/n1"], content.AlternativeNames.Uris);

        var authority = Authority(TimeSpan.FromDays(100));
        var der = authority.Sign(content, ["digital signature", "server auth"], Now, TimeSpan.FromDays(365), out error);
        Assert.Null(error);
        using var signed = X509CertificateLoader.LoadCertificate(der!);
        Assert.Equal(content.SubjectName.RawData, signed.SubjectName.RawData);
        Assert.Equal(content.AlternativeNames.Uris, SubjectAlternativeNames.Read(signed).Uris);
        Assert.Equal(authority.Certificate.NotAfter, signed.NotAfter);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), signed.PublicKey.ExportSubjectPublicKeyInfo());
        var usages = signed.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
        Assert.Equal([CertificateUsages.ServerAuthOid], usages.Cast<Oid>().Select(usage => usage.Value));
    }

    [Fact]
    public void A_request_not_signed_by_its_own_key_is_not_signed_on()
    {
        using var key = RSA.Create(2048);
        var der = Convert.FromBase64String(string.Concat(
            Encoding.ASCII.GetString(RequestPem(key, "x", _ => { })).Split('\n')[1..^1]));
        der[^1] ^= 1;
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", der));
        var content = CertificateRequestContent.Parse(pem, out _)!;
        Assert.False(content.SignatureIsValid);
        Assert.Null(
            Authority(TimeSpan.FromDays(9)).Sign(content, ["client auth"], Now, TimeSpan.FromDays(1), out var error));
        Assert.StartsWith("unable to verify certificate request signature", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Other_texts_are_not_requests(string text)
    {
        Assert.Null(CertificateRequestContent.Parse(Encoding.ASCII.GetBytes(text), out var error));
        Assert.Equal("PEM block type must be CERTIFICATE REQUEST", error);
    }

    [Fact]
    public void Kubelet_requests_are_checked_as_upstream_checks_them()
    {
        using var key = RSA.Create(2048);
        CertificateRequestContent Request(string name, Action<SubjectAlternativeNameBuilder> names) =>
            CertificateRequestContent.Parse(RequestPem(key, name, names), out _)!;
        string[] client = ["client auth", "digital signature"], server = ["server auth", "digital signature"];
        var plain = Request("system:node:n1", _ => { });
        var named = Request("system:node:n1", names => names.AddDnsName("n1"));

        Assert.Null(KubeletCertificateRequests.CheckClient(plain, client));
        Assert.Null(KubeletCertificateRequests.CheckClient(plain, [.. client, "key encipherment"]));
        Assert.Equal(
            "usages did not match [client auth digital signature key encipherment]",
            KubeletCertificateRequests.CheckClient(plain, server));
        Assert.Equal(
            "DNS subjectAltNames are not allowed", KubeletCertificateRequests.CheckClient(named, client));
        Assert.Equal(
            "subject common name does not begin with system:node:",
            KubeletCertificateRequests.CheckClient(Request("n1", _ => { }), client));
        Assert.Null(KubeletCertificateRequests.CheckServing(named, server));
        Assert.Equal(
            "DNS or IP subjectAltName is required", KubeletCertificateRequests.CheckServing(plain, server));
    }

    [Fact]
    public void Unknown_usages_are_named()
    {
        Assert.Null(CertificateUsages.Parse(["client auth", "bogus"], out var error));
        Assert.Equal("unrecognized usage values: [\"bogus\"]", error);
    }

    private static CertificateIssuer Authority(TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateIssuer(
            CertificateIssuer.CreateAuthority(key, CertificateSubject.Build("kubernetes"), Now, lifetime));
    }

    private static byte[] RequestPem(RSA key, string commonName, Action<SubjectAlternativeNameBuilder> addNames)
    {
        var request = new CertificateRequest(
            CertificateSubject.Build(commonName, "system:nodes"), key, HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        addNames(names);
        var extension = names.Build();
        if (extension.RawData.Length > 2)
        {
            request.CertificateExtensions.Add(extension);
        }
        return Encoding.ASCII.GetBytes(request.CreateSigningRequestPem());
    }
}
