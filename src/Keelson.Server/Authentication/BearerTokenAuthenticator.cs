using System.Text;
using System.Text.Unicode;
using System.Buffers.Text;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Authentication;

/// <summary>Bearer tokens in the <c>Authorization</c> header, or, for browsers' web sockets, in the protocol list.
/// </summary>
public sealed class BearerTokenAuthenticator(IReadOnlyList<ITokenAuthenticator> authenticators) : IRequestAuthenticator
{
    private const string InvalidToken = "invalid bearer token";
    private const string ProtocolHeader = "Sec-WebSocket-Protocol";
    private const string ProtocolPrefix = "base64url.bearer.authorization.k8s.io.";

    /// <inheritdoc/>
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(
        AuthenticationRequest request, CancellationToken cancellation)
    {
        if (FindInAuthorization(request.Headers) is { } token)
        {
            return AuthenticateAsync(token, request, cancellation);
        }
        if (FindInProtocols(request.Headers, out var remaining) is not { } found)
        {
            return new(AuthenticationOutcome.NotMine);
        }
        // Browsers demand that the server picks one of the protocols offered, so one besides the token has to be there.
        if (remaining.Count == 0)
        {
            return new(AuthenticationOutcome.Failed("missing additional subprotocol"));
        }
        request.Headers[ProtocolHeader] = string.Join(',', remaining);
        return AuthenticateAsync(found, request, cancellation);
    }

    /// <summary>Looks at a token, asking for it to be made for one of the audiences.</summary>
    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation)
    {
        List<string>? failures = null;
        foreach (var authenticator in authenticators)
        {
            var outcome = await authenticator.AuthenticateAsync(token, audiences, cancellation);
            if (outcome.IsAuthenticated)
            {
                return outcome;
            }
            if (outcome.IsFailed)
            {
                (failures ??= [InvalidToken]).AddRange(outcome.Failures);
            }
        }
        return AuthenticationOutcome.Failed(failures ?? [InvalidToken]);
    }

    private async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, AuthenticationRequest request, CancellationToken cancellation)
    {
        var outcome = await AuthenticateAsync(token, request.Audiences, cancellation);
        if (outcome.IsAuthenticated)
        {
            request.Headers.Remove("Authorization");
        }
        return outcome;
    }

    private static string? FindInAuthorization(IHeaderDictionary headers)
    {
        var header = headers.Authorization.Count > 0 ? headers.Authorization[0].AsSpan().Trim() : default;
        var blank = header.IndexOf(' ');
        if (blank < 0 || !header[..blank].Equals("bearer", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        // Only the next word counts; two blanks in a row leave it empty, and an empty token is none.
        var token = header[(blank + 1)..];
        var end = token.IndexOf(' ');
        token = end < 0 ? token : token[..end];
        return token.IsEmpty ? null : token.ToString();
    }

    private static string? FindInProtocols(IHeaderDictionary headers, out List<string> remaining)
    {
        remaining = [];
        if (!headers.TryGetValue(ProtocolHeader, out var values)
            || !string.Equals(headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        string? token = null;
        foreach (var protocol in values.OfType<string>().SelectMany(value => value.Split(',')).Select(p => p.Trim()))
        {
            if (token is null && protocol.StartsWith(ProtocolPrefix, StringComparison.Ordinal))
            {
                token = Decode(protocol[ProtocolPrefix.Length..]);
            }
            else
            {
                remaining.Add(protocol);
            }
        }
        return token;
    }

    private static string? Decode(string encoded)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(encoded);
            return bytes.Length > 0 && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
