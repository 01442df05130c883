using System.Net;

namespace Keelson.Rpc.Client;

/// <summary>Which status stands for what went wrong below gRPC.</summary>
internal static class TransportFailure
{
    /// <summary>An exception out of the HTTP client.</summary>
    public static RpcException From(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is RpcException already)
            {
                return already;
            }

            if (inner is HttpProtocolException protocol)
            {
                return FromStreamReset(protocol);
            }
        }

        return new RpcException(
            RpcStatusCode.Unavailable, $"error reading from server: {Innermost(exception).Message}", exception);
    }

    /// <summary>An answer that is not gRPC, for example from a proxy. gRPC prescribes the codes.</summary>
    public static RpcException FromHttp(HttpStatusCode code, string? contentType)
    {
        RpcStatusCode status = code switch
        {
            HttpStatusCode.BadRequest => RpcStatusCode.Internal,
            HttpStatusCode.Unauthorized => RpcStatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => RpcStatusCode.PermissionDenied,
            HttpStatusCode.NotFound => RpcStatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout => RpcStatusCode.Unavailable,
            _ => RpcStatusCode.Unknown,
        };
        string type = contentType is null
            ? "transport: missing content-type field"
            : $"transport: received unexpected content-type \"{contentType}\"";
        string text = code == HttpStatusCode.OK
            ? type
            : $"unexpected HTTP status code received from server: {(int)code}; {type}";
        return new RpcException(status, text);
    }

    // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors, but for the first: the HTTP client uses
    // codes 0 and 1 for connections it gave up itself, such as one whose pings went unanswered.
    private static RpcException FromStreamReset(HttpProtocolException protocol)
    {
        if (protocol.ErrorCode is 0x0 or 0x1)
        {
            return new RpcException(
                RpcStatusCode.Unavailable, $"error reading from server: {protocol.Message}", protocol);
        }

        (RpcStatusCode code, string name) = protocol.ErrorCode switch
        {
            0x2 => (RpcStatusCode.Internal, "INTERNAL_ERROR"),
            0x7 => (RpcStatusCode.Unavailable, "REFUSED_STREAM"),
            0x8 => (RpcStatusCode.Canceled, "CANCEL"),
            0xB => (RpcStatusCode.ResourceExhausted, "ENHANCE_YOUR_CALM"),
            0xC => (RpcStatusCode.PermissionDenied, "INADEQUATE_SECURITY"),
            _ => (RpcStatusCode.Internal, $"0x{protocol.ErrorCode:x}"),
        };
        return new RpcException(code, $"stream terminated by RST_STREAM with error code: {name}", protocol);
    }

    private static Exception Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception;
}
