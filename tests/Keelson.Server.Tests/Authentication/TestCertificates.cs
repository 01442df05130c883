using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Tests.Authentication;

/// <summary>An authority for tests, and what it issues.</summary>
internal sealed class TestCertificates
{
    private readonly FixedTime time;
    private readonly CertificateIssuer issuer;

    public TestCertificates(FixedTime time, string name = "test-ca")
    {
        this.time = time;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = CertificateIssuer.CreateAuthority(
            key, CertificateSubject.Build(name), time.Now, TimeSpan.FromDays(1000));
        issuer = new CertificateIssuer(certificate);
        Authorities = new CertificateAuthorities([certificate]);
    }

    public CertificateAuthorities Authorities { get; }

    public PeerCertificate Issue(string name, params string[] groups) => Issue(CertificateUsages.Client, name, groups);

    public PeerCertificate Issue(CertificateUsages usages, string name, params string[] groups) => new(
        issuer.Issue(
            CertificateSubject.Build(name, groups), SubjectAlternativeNames.None, usages, time.Now,
            TimeSpan.FromDays(10)));

    public static AuthenticationRequest Request(
        PeerCertificate? peer = null, string path = "/", params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            dictionary.Append(name, value);
        }
        return new AuthenticationRequest(dictionary, path, peer);
    }
}
