using System.Security.Cryptography;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Authentication;

public sealed class CertificateAuthenticatorTests
{
    private readonly FixedTime time = new();

    [Fact]
    public async Task The_common_name_is_the_user_and_the_organizations_are_the_groups()
    {
        var certificates = new TestCertificates(time);
        var peer = certificates.Issue("jane", "ops", "devs");
        var outcome = await Authenticate(certificates.Authorities, peer);
        Assert.Equal("jane", outcome.User!.Name);
        Assert.Equal(["ops", "devs"], outcome.User.Groups);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(peer.Certificate.RawData));
        Assert.Equal("X509SHA256=" + fingerprint, outcome.User.ExtraValue(WellKnownUsers.CredentialIdKey));
    }

    [Fact]
    public async Task A_connection_is_verified_once_and_again_when_the_authorities_change_or_the_certificate_ends()
    {
        var certificates = new TestCertificates(time);
        var peer = certificates.Issue("jane");
        var first = await Authenticate(certificates.Authorities, peer);
        Assert.Same(first.User, (await Authenticate(certificates.Authorities, peer)).User);

        var strangers = new TestCertificates(time, "others").Authorities;
        Assert.True((await Authenticate(strangers, peer)).IsFailed);
        Assert.True((await Authenticate(certificates.Authorities, peer)).IsAuthenticated);

        time.Now += TimeSpan.FromDays(11);
        var late = await Authenticate(certificates.Authorities, peer);
        Assert.Contains("x509: certificate has expired or is not yet valid", late.FailureText);
    }

    [Fact]
    public async Task Certificates_of_strangers_and_of_servers_are_refused()
    {
        var certificates = new TestCertificates(time);
        var stranger = await Authenticate(certificates.Authorities, new TestCertificates(time, "other").Issue("eve"));
        Assert.Contains("x509: certificate signed by unknown authority", stranger.FailureText);
        var server = await Authenticate(
            certificates.Authorities, certificates.Issue(CertificateUsages.Server, "kube-apiserver"));
        Assert.Contains("x509: certificate specifies an incompatible key usage", server.FailureText);
    }

    [Fact]
    public async Task No_certificate_and_no_common_name_are_nobodys()
    {
        var certificates = new TestCertificates(time);
        foreach (var peer in new[] { null, certificates.Issue("", "devs") })
        {
            var outcome = await Authenticate(certificates.Authorities, peer);
            Assert.False(outcome.IsAuthenticated);
            Assert.False(outcome.IsFailed);
        }
    }

    private ValueTask<AuthenticationOutcome> Authenticate(CertificateAuthorities authorities, PeerCertificate? peer) =>
        new CertificateAuthenticator(() => authorities, time)
            .AuthenticateAsync(TestCertificates.Request(peer), CancellationToken.None);
}
