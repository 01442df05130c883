using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Keelson.Server.Http;

/// <summary>What a connection may cost: sizes and times as upstream has them, so that what it takes is taken
/// here.</summary>
internal static class ConnectionLimits
{
    /// <summary>Go's limit on a request's line and headers together; selectors in URLs get long.</summary>
    private const int LargestHead = 1024 * 1024;

    /// <summary>Go has no limit but that on bytes; this many headers fit it many times over.</summary>
    private const int MostHeaders = 4096;

    /// <summary>Upstream's time for a request's headers, and for the handshake before the first of them.</summary>
    public static readonly TimeSpan HeadersTime = TimeSpan.FromSeconds(32);

    /// <summary>The requests of HTTP that Go recognises where a TLS handshake should be.</summary>
    private static readonly byte[][] PlainStarts =
        ["GET /"u8.ToArray(), "HEAD "u8.ToArray(), "POST "u8.ToArray(), "PUT /"u8.ToArray(), "OPTIO"u8.ToArray()];

    /// <summary>Sets the limits. Bodies have none here: whoever reads one knows how large it may be.</summary>
    public static void Apply(KestrelServerLimits limits, RequestLimitsConfig config)
    {
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromSeconds(10));
        limits.MinResponseDataRate = null;
        limits.RequestHeadersTimeout = HeadersTime;
        limits.MaxRequestBufferSize = 2 * LargestHead;
        limits.MaxRequestLineSize = LargestHead;
        limits.MaxRequestHeadersTotalSize = LargestHead;
        limits.MaxRequestHeaderCount = MostHeaders;
        limits.Http2.MaxRequestHeaderFieldSize = LargestHead;
        limits.Http2.MaxStreamsPerConnection = config.Http2MaxStreams;
        limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 512 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    }

    /// <summary>
    /// Looks at a connection's first bytes before the TLS handshake: plain HTTP is told what it met, and who says
    /// nothing is not waited for forever.
    /// </summary>
    public static ConnectionDelegate RefusePlainHttp(ConnectionDelegate next) => async connection =>
    {
        PipeReader input = connection.Transport.Input;
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(HeadersTime);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(patience.Token);
                ReadOnlySequence<byte> start = read.Buffer;
                if (start.Length < 5 && !read.IsCompleted)
                {
                    input.AdvanceTo(start.Start, start.End);
                    continue;
                }

                bool isPlain = IsPlainHttp(start);
                input.AdvanceTo(start.Start, start.Start);
                if (isPlain)
                {
                    await connection.Transport.Output.WriteAsync(
                        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray(), patience.Token);
                    return;
                }

                break;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            connection.Abort();
            return;
        }

        await next(connection);
    };

    private static bool IsPlainHttp(ReadOnlySequence<byte> start)
    {
        if (start.Length < 5)
        {
            return false;
        }

        Span<byte> first = stackalloc byte[5];
        start.Slice(0, 5).CopyTo(first);
        foreach (byte[] plain in PlainStarts)
        {
            if (first.SequenceEqual(plain))
            {
                return true;
            }
        }

        return false;
    }
}
