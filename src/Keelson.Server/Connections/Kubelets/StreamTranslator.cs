using System.Buffers;
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Proxies;
using Keelson.Server.Http;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;
using Keelson.Streaming.WebSockets;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>
/// Runs remote commands of clients with WebSockets (<c>v5.channel.k8s.io</c>) on kubelets that speak SPDY only: each
/// channel becomes a stream, the status of the error stream goes into the error channel.
/// </summary>
internal sealed class StreamTranslator(
    BackendUrl url, BackendTransport transport, StreamSelection selection, TimeProvider clock)
{
    private const int BufferSize = 32 * 1024;
    private const int LongestStatus = 64 * 1024;
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(10);
    private Task? _receiving;

    private byte FirstChannel => selection switch
    {
        { Stdout: true } => StreamChannels.Stdout,
        { Stderr: true } => StreamChannels.Stderr,
        _ => StreamChannels.Error,
    };

    /// <summary>True for requests that are translated unless the kubelet takes WebSockets itself.</summary>
    public static bool Concerns(ResourceCall call) => ProxyHeaders.IsWebSocket(call.Http.Request)
        && WebSocketAnswer.Offered(call.Http).Contains(StreamNames.RemoteCommandV5);

    /// <summary>Serves a request; gives the code that it is counted under, 200 for any command that ran.</summary>
    public async Task<int> ServeAsync(ResourceCall call)
    {
        int code = 500;
        using WebSocket? socket = await WebSocketAnswer.AcceptAsync(call.Http, StreamNames.RemoteCommandV5);
        if (socket is null)
        {
            return 400;
        }

        using CancellationTokenSource clientGone = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        ChannelSocket client = new(socket);
        try
        {
            // An empty message tells the client that the connection stands.
            await client.SendAsync(FirstChannel, default, call.Aborted);
            Status status = await ExecuteAsync(client, clientGone);
            code = status.Code > 0 ? status.Code : 200;
            using CancellationTokenSource patience = new(StatusPatience, clock);
            await client.SendAsync(StreamChannels.Error, CommandStatus.ToJson(status), patience.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone; the command's streams were closed on the way here.
        }

        await client.SayGoodbyeAsync();
        await WebSocketAnswer.AwaitEndAsync(call.Http, _receiving ?? ReceiveAsync(client, null, clientGone), clock);
        return code;
    }

    private async Task<Status> ExecuteAsync(ChannelSocket client, CancellationTokenSource clientGone)
    {
        CancellationToken cancellation = clientGone.Token;
        ApiResult<HttpResponseMessage> opened = await SpdyUpgrade.OpenAsync(url, transport, cancellation);
        if (!opened.TryGet(out HttpResponseMessage? response, out Status? error))
        {
            return error;
        }

        using (response)
        {
            string version = SpdyUpgrade.ProtocolOf(response);
            bool isStatus = version is StreamNames.RemoteCommandV5 or StreamNames.RemoteCommandV4;
            Stream bytes = await response.Content.ReadAsStreamAsync(cancellation);
            await using SpdyConnection kubelet = SpdyConnection.AsClient(bytes);
            try
            {
                RemoteCommandStreams streams = await RemoteCommandStreams.OpenAsync(kubelet, selection, cancellation);
                _receiving = ReceiveAsync(client, streams, clientGone);
                return CommandStatus.Translate(await RunAsync(client, kubelet, streams, cancellation), isStatus);
            }
            catch (SpdyStreamEndedException exception)
            {
                return ApiErrors.Internal(exception.Message);
            }
        }
    }

    /// <summary>Carries the output until the command has ended; gives what the error stream said.</summary>
    private async Task<string> RunAsync(
        ChannelSocket client, SpdyConnection kubelet, RemoteCommandStreams streams, CancellationToken cancellation)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task pings = PingAsync(kubelet, over.Token);
        try
        {
            await Task.WhenAll(
                SendAsync(streams.Stdout, client, StreamChannels.Stdout, over.Token),
                SendAsync(streams.Stderr, client, StreamChannels.Stderr, over.Token));
            return await ReadStatusAsync(streams.Error, over.Token);
        }
        finally
        {
            await over.CancelAsync();
            await pings;
        }
    }

    /// <summary>
    /// Passes the client's input on until the client is gone, which ends the command's streams. Never cancelled: a
    /// WebSocket whose reading is cancelled can't be written to any more, and the status is still to come.
    /// </summary>
    private static async Task ReceiveAsync(
        ChannelSocket client, RemoteCommandStreams? streams, CancellationTokenSource clientGone)
    {
        try
        {
            await client.ReceiveAsync(
                (channel, data) => channel switch
                {
                    StreamChannels.Stdin => PassAsync(streams?.Stdin, data, clientGone.Token),
                    StreamChannels.Resize => PassAsync(streams?.Resize, data, clientGone.Token),
                    _ => default,
                },
                CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or InvalidOperationException or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            // The client is gone, or the command is over.
        }

        await clientGone.CancelAsync();
    }

    private static async ValueTask PassAsync(
        SpdyStream? stream, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (stream is null)
        {
            return;
        }

        try
        {
            await (data.IsEmpty ? stream.CompleteWritesAsync(cancellation) : stream.WriteAsync(data, cancellation));
        }
        catch (SpdyStreamEndedException)
        {
            // The command takes no more input; its output may still come.
        }
    }

    private static async Task SendAsync(
        SpdyStream? stream, ChannelSocket client, byte channel, CancellationToken cancellation)
    {
        if (stream is null)
        {
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and int count)
            {
                await client.SendAsync(channel, buffer.AsMemory(0, count), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<string> ReadStatusAsync(SpdyStream error, CancellationToken cancellation)
    {
        byte[] text = new byte[LongestStatus];
        int length = await error.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(text, 0, length);
    }

    private async Task PingAsync(SpdyConnection kubelet, CancellationToken cancellation)
    {
        try
        {
            using PeriodicTimer timer = new(PingPeriod, clock);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                await kubelet.PingAsync(cancellation);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The connection is over; whoever reads from it is told.
        }
    }
}
