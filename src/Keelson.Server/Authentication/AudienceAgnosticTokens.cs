namespace Keelson.Server.Authentication;

/// <summary>Tokens that name no audience: they are made for the server's own, and for nobody else.</summary>
/// <param name="inner">Knows the tokens.</param>
/// <param name="implied">The server's own audiences.</param>
public sealed class AudienceAgnosticTokens(ITokenAuthenticator inner, IReadOnlyList<string> implied) : ITokenAuthenticator
{
    /// <inheritdoc/>
    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation)
    {
        var common = audiences is null ? implied : [.. implied.Where(audiences.Contains)];
        if (common.Count == 0)
        {
            return AuthenticationOutcome.NotMine;
        }
        var outcome = await inner.AuthenticateAsync(token, audiences, cancellation);
        return outcome.User is { } user ? AuthenticationOutcome.Authenticated(user, common) : outcome;
    }
}
