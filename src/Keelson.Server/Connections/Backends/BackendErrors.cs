using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Keelson.Server.Connections.Backends;

/// <summary>A backend can't be reached; the message is what Go's network code would say, for clients to see.</summary>
internal sealed class BackendException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>True when the backend's certificate is the reason.</summary>
    public bool IsDistrust { get; private init; }

    /// <summary>Turns what .NET's HTTP client throws into Go's words.</summary>
    public static BackendException Of(Exception exception)
    {
        for (Exception? one = exception; one is not null; one = one.InnerException)
        {
            if (one is BackendException known)
            {
                return known;
            }
        }

        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException =>
                new("EOF", exception),
            OperationCanceledException => new("context canceled", exception),
            HttpRequestException { InnerException: { } inner } => new(inner.Message, exception),
            _ => new(exception.Message, exception),
        };
    }

    /// <summary>The error of a connection that was not made.</summary>
    public static BackendException OfDial(string host, string port, SocketException exception)
    {
        string target = "dial tcp " + GoUrl.JoinHostPort(host, port) + ": ";
        return new(
            exception.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => target + "connect: connection refused",
                SocketError.HostUnreachable => target + "connect: no route to host",
                SocketError.NetworkUnreachable => target + "connect: network is unreachable",
                SocketError.ConnectionReset => target + "connect: connection reset by peer",
                SocketError.TimedOut => target + "connect: connection timed out",
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                    $"dial tcp: lookup {host}: no such host",
                _ => target + "connect: " + exception.Message,
            },
            exception);
    }

    /// <summary>The error of a TLS handshake that failed.</summary>
    public static BackendException OfHandshake(AuthenticationException exception, string? distrust) => new(
        distrust is null
            ? "remote error: tls: " + exception.Message
            : "tls: failed to verify certificate: x509: " + distrust,
        exception)
    {
        IsDistrust = distrust is not null,
    };
}
