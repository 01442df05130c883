using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Authentication;

public sealed class FrontProxyAuthenticatorTests
{
    private readonly FixedTime time = new();

    [Fact]
    public async Task A_trusted_proxy_says_who_it_is_and_its_headers_go_no_further()
    {
        var certificates = new TestCertificates(time);
        var request = TestCertificates.Request(
            certificates.Issue("front-proxy-client"), "/",
            ("X-Remote-User", "jane"), ("X-Remote-Uid", "42"), ("X-Remote-Group", "devs"), ("X-Remote-Group", "ops"),
            ("X-Remote-Extra-Scopes", "view"), ("X-Remote-Extra-Example.com%2fProject", "p1"), ("Accept", "*/*"));
        var user = (await Authenticator(certificates).AuthenticateAsync(request, default)).User!;
        Assert.Equal(("jane", "42"), (user.Name, user.Uid));
        Assert.Equal(["devs", "ops"], user.Groups);
        Assert.Equal(["view"], user.Extra["scopes"]);
        Assert.Equal(["p1"], user.Extra["example.com/project"]);
        Assert.Equal(["Accept"], request.Headers.Keys);
    }

    [Fact]
    public async Task Headers_from_anybody_else_are_not_believed()
    {
        var certificates = new TestCertificates(time);
        var header = ("X-Remote-User", "jane");
        var other = TestCertificates.Request(certificates.Issue("someone"), "/", header);
        var outcome = await Authenticator(certificates).AuthenticateAsync(other, default);
        Assert.Equal("x509: subject with cn=someone is not in the allowed list", outcome.FailureText);

        var stranger = TestCertificates.Request(
            new TestCertificates(time, "other").Issue("front-proxy-client"), "/", header);
        Assert.True((await Authenticator(certificates).AuthenticateAsync(stranger, default)).IsFailed);

        var none = TestCertificates.Request(null, "/", header);
        Assert.False((await Authenticator(certificates).AuthenticateAsync(none, default)).IsAuthenticated);
    }

    private FrontProxyAuthenticator Authenticator(TestCertificates certificates) => new(
        () => certificates.Authorities, new FrontProxyConfig { AllowedNames = ["front-proxy-client"] }, time);
}
