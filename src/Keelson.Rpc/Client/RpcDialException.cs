using System.Net.Sockets;

namespace Keelson.Rpc.Client;

/// <summary>
/// No connection came about, so nothing of the call has been sent and any endpoint may be tried next. The text is the
/// one that gRPC's clients show.
/// </summary>
internal sealed class RpcDialException : IOException
{
    private RpcDialException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public static RpcDialException Dialing(RpcEndpoint endpoint, Exception cause)
    {
        string target = endpoint.UnixPath is { } path ? $"dial unix {path}" : $"dial tcp {endpoint.Authority}";
        return new(
            $"connection error: desc = \"transport: Error while dialing: {target}: {Reason(endpoint, cause)}\"", cause);
    }

    public static RpcDialException Handshaking(Exception cause) =>
        new(
            $"connection error: desc = \"transport: authentication handshake failed: {Innermost(cause).Message}\"",
            cause);

    /// <summary>Finds the dial that failed inside what the HTTP client makes of it.</summary>
    public static RpcDialException? In(Exception? exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is RpcDialException dial)
            {
                return dial;
            }
        }

        return null;
    }

    private static string Reason(RpcEndpoint endpoint, Exception cause)
    {
        if (cause is OperationCanceledException)
        {
            return "i/o timeout";
        }

        return cause switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } =>
                $"lookup {endpoint.Host}: no such host",
            SocketException { SocketErrorCode: SocketError.TimedOut } => "connect: connection timed out",
            SocketException socket => $"connect: {ErrnoText(endpoint, socket)}",
            _ => cause.Message,
        };
    }

    // Go prints errno's text in lower case. .NET has no code of its own for a socket file that is not there and takes
    // the one for an address that is not there, which no unix socket can give otherwise.
    private static string ErrnoText(RpcEndpoint endpoint, SocketException socket)
    {
        string text = socket.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable when endpoint.UnixPath is not null => "no such file or directory",
            SocketError.ConnectionRefused => "connection refused",
            SocketError.NetworkUnreachable => "network is unreachable",
            SocketError.HostUnreachable => "no route to host",
            SocketError.AccessDenied => "permission denied",
            _ => socket.Message,
        };
        return text.Length > 0 ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }

    private static Exception Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception;
}
