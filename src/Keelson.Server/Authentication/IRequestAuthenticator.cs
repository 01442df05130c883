using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Authentication;

/// <summary>What of a request may say who makes it.</summary>
/// <param name="Headers">The request's headers.</param>
/// <param name="Path">The request's path.</param>
/// <param name="Peer">The certificate the client showed when it connected; null for none.</param>
/// <param name="Audiences">The audiences a token must name one of; null for the server's own.</param>
public readonly record struct AuthenticationRequest(
    IHeaderDictionary Headers,
    string Path,
    PeerCertificate? Peer,
    IReadOnlyList<string>? Audiences = null);

/// <summary>Finds out who makes a request, from one kind of credential.</summary>
public interface IRequestAuthenticator
{
    /// <summary>Looks at a request. Completes at once unless something has to be looked up elsewhere.</summary>
    ValueTask<AuthenticationOutcome> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation);
}

/// <summary>Finds out whom a bearer token belongs to.</summary>
public interface ITokenAuthenticator
{
    /// <summary>Looks at a token.</summary>
    /// <param name="token">The token as sent.</param>
    /// <param name="audiences">The audiences it must name one of; null for the server's own.</param>
    /// <param name="cancellation">Ends waiting.</param>
    ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation);
}
