using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Authentication;

public sealed class AuthenticationChainTests
{
    private const string TokenFile = """
        # comment
        t-jane,jane,1,"devs,ops"
        t-bob , bob,2
        t-root,root,3,"system:masters,system:authenticated"
        """;

    private readonly FixedTime time = new();

    [Theory]
    [InlineData("Bearer t-jane", "jane", "devs,ops,system:authenticated")]
    [InlineData("bearer t-jane  ", "jane", "devs,ops,system:authenticated")]
    [InlineData("Bearer t-root", "root", "system:masters,system:authenticated")]
    [InlineData("Bearer", "system:anonymous", "system:unauthenticated")]
    [InlineData("Bearer  t-jane", "system:anonymous", "system:unauthenticated")]
    [InlineData("Basic abc", "system:anonymous", "system:unauthenticated")]
    public async Task Everyone_who_is_known_is_authenticated_and_everyone_else_is_not(
        string authorization, string user, string groups)
    {
        var request = TestCertificates.Request(null, "/", ("Authorization", authorization));
        var outcome = await Chain().AuthenticateAsync(request, default);
        Assert.Equal(user, outcome.User!.Name);
        Assert.Equal(groups.Split(','), outcome.User.Groups);
        Assert.Equal(user == "system:anonymous", request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_wrong_token_makes_nobody_anonymous()
    {
        var request = TestCertificates.Request(null, "/", ("Authorization", "Bearer wrong"));
        var outcome = await Chain().AuthenticateAsync(request, default);
        Assert.True(outcome.IsFailed);
        Assert.Equal("invalid bearer token", outcome.FailureText);
    }

    [Fact]
    public async Task A_bad_certificate_does_not_hinder_a_good_token()
    {
        var stranger = new TestCertificates(time, "other").Issue("eve");
        var request = TestCertificates.Request(stranger, "/", ("Authorization", "Bearer t-jane"));
        Assert.Equal("jane", (await Chain().AuthenticateAsync(request, default)).User!.Name);
        Assert.True((await Chain().AuthenticateAsync(TestCertificates.Request(stranger), default)).IsFailed);
    }

    [Fact]
    public async Task Anonymous_requests_can_be_kept_to_some_paths_or_out()
    {
        var health = new AnonymousConfig { Paths = new HashSet<string> { "/healthz" } };
        var chain = Chain(health);
        Assert.True(
            (await chain.AuthenticateAsync(TestCertificates.Request(path: "/healthz"), default)).IsAuthenticated);
        Assert.False((await chain.AuthenticateAsync(TestCertificates.Request(path: "/api"), default)).IsAuthenticated);
        var outcome = await Chain(new AnonymousConfig { Enabled = false })
            .AuthenticateAsync(TestCertificates.Request(path: "/healthz"), default);
        Assert.False(outcome.IsAuthenticated || outcome.IsFailed);
    }

    [Fact]
    public async Task Browsers_may_put_a_token_among_the_protocols_of_a_web_socket()
    {
        var request = TestCertificates.Request(
            null, "/", ("Upgrade", "websocket"),
            ("Sec-WebSocket-Protocol", "base64url.bearer.authorization.k8s.io.dC1qYW5l, v5.channel.k8s.io"));
        Assert.Equal("jane", (await Chain().AuthenticateAsync(request, default)).User!.Name);
        Assert.Equal("v5.channel.k8s.io", request.Headers["Sec-WebSocket-Protocol"]);
    }

    [Fact]
    public async Task The_user_with_its_group_added_is_one_object_for_a_whole_connection()
    {
        var certificates = new TestCertificates(time);
        var peer = certificates.Issue("jane");
        var chain = new AuthenticationChain(
            [new CertificateAuthenticator(() => certificates.Authorities, time)], new AnonymousConfig());
        var first = await chain.AuthenticateAsync(TestCertificates.Request(peer), default);
        Assert.Equal(["system:authenticated"], first.User!.Groups);
        Assert.Same(first.User, (await chain.AuthenticateAsync(TestCertificates.Request(peer), default)).User);
    }

    [Theory]
    [InlineData("a,b", "tokens.csv: line 1: token file 'tokens.csv' must have at least 3 columns")]
    [InlineData("a,b,c\n,b,c", "tokens.csv: line 2: empty token has been found")]
    [InlineData("a,b,c,\"d", "tokens.csv: line 1: extraneous or missing \" in quoted-field")]
    public void A_bad_token_file_is_refused_naming_the_line(string text, string message)
    {
        var exception = Assert.Throws<FormatException>(() => TokenFileAuthenticator.Parse(text, "tokens.csv"));
        Assert.StartsWith(message, exception.Message);
    }

    [Fact]
    public async Task Tokens_without_an_audience_are_for_the_server_alone()
    {
        var tokens = new AudienceAgnosticTokens(TokenFileAuthenticator.Parse(TokenFile, "tokens.csv"), ["api", "b"]);
        Assert.Equal(["api", "b"], (await tokens.AuthenticateAsync("t-jane", null, default)).Audiences);
        Assert.Equal(["b"], (await tokens.AuthenticateAsync("t-jane", ["a", "b"], default)).Audiences);
        Assert.False((await tokens.AuthenticateAsync("t-jane", ["a"], default)).IsAuthenticated);
    }

    private AuthenticationChain Chain(AnonymousConfig? anonymous = null)
    {
        var certificates = new TestCertificates(time);
        return new AuthenticationChain(
            [
                new CertificateAuthenticator(() => certificates.Authorities, time),
                new BearerTokenAuthenticator([TokenFileAuthenticator.Parse(TokenFile, "tokens.csv")]),
            ],
            anonymous ?? new AnonymousConfig());
    }
}
