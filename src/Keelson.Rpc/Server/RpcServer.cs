using System.Collections.Frozen;
using Keelson.Rpc.Client;
using Keelson.Rpc.Server;
using Keelson.Rpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Keelson.Rpc;

/// <summary>Answers gRPC calls as the request delegate of an HTTP/2 server.</summary>
public sealed partial class RpcServer
{
    private readonly FrozenDictionary<string, RpcHandler> handlers;
    private readonly FrozenSet<string> services;
    private readonly RpcServerConfig config;

    internal RpcServer(FrozenDictionary<string, RpcHandler> handlers, RpcServerConfig config)
    {
        this.handlers = handlers;
        this.config = config;
        services = handlers.Keys.Select(path => path[1..path.LastIndexOf('/')]).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Serves one request.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (Refusal(http.Request) is { } refusal)
        {
            http.Response.StatusCode = refusal;
            return;
        }

        LiftBodyLimits(http.Features);
        http.Response.ContentType = GrpcContentType.Value;
        string? timeoutText = http.Request.Headers["grpc-timeout"];
        TimeSpan? timeout = null;
        if (timeoutText is not null)
        {
            if (!GrpcTimeout.TryParse(timeoutText, out TimeSpan parsed))
            {
                WriteStatus(
                    http, new RpcStatus(RpcStatusCode.Internal, $"malformed grpc-timeout: \"{timeoutText}\""), []);
                return;
            }

            timeout = parsed;
        }

        using var clock = new CallClock(timeout, config.Time, http.RequestAborted);
        var context = new RpcServerContext(http, clock);
        (RpcStatus status, RpcMetadata trailers) = await RunAsync(http, context, clock).ConfigureAwait(false);
        if (!http.RequestAborted.IsCancellationRequested)
        {
            WriteStatus(http, status, trailers);
        }
    }

    private static int? Refusal(HttpRequest request)
    {
        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            return StatusCodes.Status505HttpVersionNotsupported;
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return StatusCodes.Status405MethodNotAllowed;
        }

        return GrpcContentType.Matches(request.ContentType) ? null : StatusCodes.Status415UnsupportedMediaType;
    }

    // A stream may stay silent for hours and carry any amount; its messages are limited one by one.
    private static void LiftBodyLimits(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static void WriteStatus(HttpContext http, RpcStatus status, RpcMetadata trailers)
    {
        HttpResponse response = http.Response;

        // A call that failed before its first message ends with its headers; any other ends with trailers.
        bool headersOnly = !response.HasStarted && status.Code != RpcStatusCode.OK
            && response.BodyWriter.UnflushedBytes == 0;
        Action<string, string> add = headersOnly
            ? (name, value) => response.Headers.Append(name, value)
            : (name, value) => response.AppendTrailer(name, value);
        StatusTrailers.Write(status, add);
        foreach ((string name, string value) in trailers)
        {
            add(name, value);
        }
    }

    private async Task<(RpcStatus Status, RpcMetadata Trailers)> RunAsync(
        HttpContext http, RpcServerContext context, CallClock clock)
    {
        try
        {
            await Find(http.Request)(context).ConfigureAwait(false);
            return (RpcStatus.Success, context.ResponseTrailers);
        }
        catch (RpcException exception)
        {
            return (exception.Status, exception.Trailers.Count > 0 ? exception.Trailers : context.ResponseTrailers);
        }
        catch (Exception exception) when (clock.Token.IsCancellationRequested)
        {
            // Whatever broke, it broke because the call was over.
            RpcStatus status = clock.DeadlinePassed
                ? new(RpcStatusCode.DeadlineExceeded, "context deadline exceeded")
                : new(RpcStatusCode.Canceled, "context canceled");
            LogCanceled(exception, context.Method, status.Code);
            return (status, context.ResponseTrailers);
        }
        catch (Exception exception)
        {
            LogFailed(exception, context.Method);
            return (new RpcStatus(RpcStatusCode.Unknown, exception.Message), context.ResponseTrailers);
        }
    }

    private RpcHandler Find(HttpRequest request)
    {
        string path = request.Path.Value ?? "";
        string encoding = request.Headers["grpc-encoding"].ToString();
        if (encoding is not ("" or "identity"))
        {
            throw new RpcException(
                RpcStatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
        }

        if (handlers.TryGetValue(path, out RpcHandler? handler))
        {
            return handler;
        }

        int slash = path.LastIndexOf('/');
        if (slash < 1)
        {
            throw new RpcException(RpcStatusCode.Unimplemented, $"malformed method name: \"{path}\"");
        }

        string service = path[1..slash];
        string text = services.Contains(service)
            ? $"unknown method {path[(slash + 1)..]} for service {service}"
            : $"unknown service {service}";
        throw new RpcException(RpcStatusCode.Unimplemented, text);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void LogFailed(ILogger log, Exception exception, string method);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{Method} ended early: {Code}")]
    private static partial void LogCanceled(ILogger log, Exception exception, string method, RpcStatusCode code);

    private void LogFailed(Exception exception, string method) => LogFailed(config.Log, exception, method);

    private void LogCanceled(Exception exception, string method, RpcStatusCode code) =>
        LogCanceled(config.Log, exception, method, code);
}
