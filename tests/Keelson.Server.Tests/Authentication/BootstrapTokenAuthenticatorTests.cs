using System.Text;
using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Authentication;

public sealed class BootstrapTokenAuthenticatorTests : IBootstrapSecretLookup
{
    private const string Token = "abcdef.0123456789abcdef";

    private readonly FixedTime time = new();
    private BootstrapSecret? secret = Secret();

    [Fact]
    public async Task A_good_token_is_a_bootstrapper()
    {
        secret = Secret(("auth-extra-groups", "system:bootstrappers:worker,system:bootstrappers:a"));
        var user = (await AuthenticateAsync(Token)).User!;
        Assert.Equal("system:bootstrap:abcdef", user.Name);
        Assert.Equal(
            ["system:bootstrappers", "system:bootstrappers:a", "system:bootstrappers:worker"], user.Groups);
    }

    [Theory]
    [InlineData("token-secret", "0123456789abcdee")]
    [InlineData("token-id", "abcdee")]
    [InlineData("usage-bootstrap-authentication", "false")]
    [InlineData("expiration", "2026-03-01T12:00:00Z")]
    [InlineData("expiration", "soon")]
    [InlineData("auth-extra-groups", "system:masters")]
    public async Task A_secret_that_does_not_fit_lets_nobody_in(string key, string value)
    {
        Assert.True((await AuthenticateAsync(Token)).IsAuthenticated);
        secret = Secret((key, value));
        Assert.False((await AuthenticateAsync(Token)).IsAuthenticated);
    }

    [Fact]
    public async Task Neither_does_a_secret_of_another_type_on_its_way_out_or_not_there()
    {
        foreach (var other in new[] { secret! with { Type = "Opaque" }, secret with { IsBeingDeleted = true }, null })
        {
            secret = other;
            Assert.False((await AuthenticateAsync(Token)).IsAuthenticated);
        }
    }

    [Fact]
    public async Task Other_forms_of_tokens_are_not_even_looked_up()
    {
        foreach (var token in new[] { "abcdef.0123456789ABCDEF", "abcde.0123456789abcdef", Token + "\n", "" })
        {
            Assert.False((await AuthenticateAsync(token)).IsAuthenticated);
        }
    }

    ValueTask<BootstrapSecret?> IBootstrapSecretLookup.FindAsync(string name, CancellationToken cancellation)
    {
        Assert.Equal("bootstrap-token-abcdef", name);
        return new(secret);
    }

    private ValueTask<AuthenticationOutcome> AuthenticateAsync(string token) =>
        new BootstrapTokenAuthenticator(this, time).AuthenticateAsync(token, null, default);

    private static BootstrapSecret Secret(params (string Key, string Value)[] changes)
    {
        var data = new Dictionary<string, string>
        {
            ["token-id"] = "abcdef", ["token-secret"] = "0123456789abcdef",
            ["usage-bootstrap-authentication"] = "true", ["expiration"] = "2026-03-01T12:00:01Z",
        };
        foreach (var (key, value) in changes)
        {
            data[key] = value;
        }
        return new BootstrapSecret("bootstrap.kubernetes.io/token", false, data.ToDictionary(
            pair => pair.Key, pair => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(pair.Value)));
    }
}
