using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Backends;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;
using Keelson.Streaming.WebSockets;

namespace Keelson.Nodes.Server.Streams;

/// <summary>
/// Connects a client with ports of a pod: over SPDY, over SPDY in a WebSocket, or over a WebSocket with two channels a
/// port.
/// </summary>
internal sealed class PortForwardSession(KubeletCall call, Pod pod, PortDialer dial)
{
    private static readonly string[] SpdyVersions = [StreamNames.PortForward];
    private static readonly string Tunnel = StreamNames.TunnelPrefix + StreamNames.PortForward;

    /// <summary>Serves the request; done when the client is gone.</summary>
    public async Task ServeAsync(IReadOnlyList<int> ports)
    {
        if (StreamUpgrade.IsWebSocket(call.Http.Request))
        {
            if (await StreamUpgrade.ToWebSocketAsync(
                call, static one => one == Tunnel || one == StreamNames.RemoteCommandV4) is not var (socket, protocol))
            {
                return;
            }

            using WebSocket owned = socket;
            await (protocol == Tunnel
                ? OverSpdyAsync(new WebSocketByteStream(socket))
                : OverChannelsAsync(new ChannelSocket(socket), ports));
        }
        else if (await StreamUpgrade.ToSpdyAsync(call, SpdyVersions) is var (bytes, _))
        {
            await OverSpdyAsync(bytes);
        }
    }

    private async Task OverSpdyAsync(Stream bytes)
    {
        await using SpdyConnection connection = SpdyConnection.AsServer(bytes);
        Dictionary<string, (SpdyStream? Data, SpdyStream? Error)> pairs = new(StringComparer.Ordinal);
        List<Task> conversations = [];
        while (await connection.AcceptStreamAsync(call.Aborted) is { } stream)
        {
            string type = stream.Headers.GetValueOrDefault(StreamNames.TypeHeader, "");
            string named = stream.Headers.GetValueOrDefault(StreamNames.PortHeader, "");
            bool hasPort = int.TryParse(named, CultureInfo.InvariantCulture, out int port);
            if (!hasPort || port is < 1 or > 65535 || type is not (StreamNames.Data or StreamNames.Error))
            {
                await stream.ResetAsync(SpdyStatus.RefusedStream, call.Aborted);
                continue;
            }

            await stream.AcceptAsync(call.Aborted);
            string id = IdOf(stream, type);
            var (data, error) = pairs.GetValueOrDefault(id);
            pairs[id] = type == StreamNames.Data ? (stream, error) : (data, stream);
            if (pairs[id] is ({ } bothWays, { } errors))
            {
                pairs.Remove(id);
                conversations.RemoveAll(static one => one.IsCompleted);
                conversations.Add(ForwardAsync(port, bothWays, errors));
            }
        }

        await Task.WhenAll(conversations);
    }

    /// <summary>
    /// What a pair of streams has in common; old clients number them in turn, the error stream first.
    /// </summary>
    private static string IdOf(SpdyStream stream, string type) =>
        stream.Headers.GetValueOrDefault(StreamNames.RequestIdHeader, "") is { Length: > 0 } id
            ? id
            : (type == StreamNames.Error ? stream.Id : stream.Id - 2).ToString(CultureInfo.InvariantCulture);

    private async Task ForwardAsync(int port, SpdyStream data, SpdyStream error)
    {
        try
        {
            string failure = await RelayAsync(port, data, () => data.CompleteWritesAsync(call.Aborted));
            if (failure.Length > 0)
            {
                await error.WriteAsync(Encoding.UTF8.GetBytes(failure), call.Aborted);
            }

            await data.CompleteWritesAsync(call.Aborted);
            await error.CompleteWritesAsync(call.Aborted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
    }

    /// <summary>Carries a connection's bytes; gives what went wrong, empty for nothing.</summary>
    private async Task<string> RelayAsync(int port, Stream client, Func<ValueTask> endOutput)
    {
        string failure;
        KubeletResult<ForwardedConnection> dialed = await dial(port, call.Aborted);
        if (dialed.Value is { } connection)
        {
            await using Stream server = connection.Bytes;
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
            Task upstream = CopyInputAsync(client, server, over.Token);
            failure = await CopyOutputAsync(server, client, over.Token);
            await endOutput();

            // A server that has closed its side takes no more; waiting for the client would keep the stream for ever.
            await over.CancelAsync();
            await upstream;
            failure = failure.Length > 0 ? failure : connection.Failure.IsCompletedSuccessfully
                ? connection.Failure.Result
                : "";
        }
        else
        {
            failure = dialed.Refusal!.Text;
        }

        string name = $"{pod.Metadata.Name}_{pod.Metadata.Namespace}, uid {pod.Metadata.Uid}";
        return failure.Length == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"error forwarding port {port} to pod {name}: {failure}");
    }

    private static async Task CopyInputAsync(Stream client, Stream server, CancellationToken cancellation)
    {
        try
        {
            await client.CopyToAsync(server, cancellation);
            switch (server)
            {
                case System.Net.Sockets.NetworkStream socket:
                    socket.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                    break;
                case SpdyStream stream:
                    await stream.CompleteWritesAsync(cancellation);
                    break;
                case IHalfClosable half:
                    await half.CompleteWritesAsync();
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // Either side is gone; the other direction tells.
        }
    }

    private static async Task<string> CopyOutputAsync(Stream server, Stream client, CancellationToken cancellation)
    {
        try
        {
            await server.CopyToAsync(client, cancellation);
            return "";
        }
        catch (SpdyStreamEndedException)
        {
            return "";
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// The protocol without SPDY: for each port of the query a channel of data and one of errors, each of which begins
    /// with the port (two bytes, the low one first).
    /// </summary>
    private async Task OverChannelsAsync(ChannelSocket socket, IReadOnlyList<int> ports)
    {
        Pipe[] inputs = [.. ports.Select(static _ => new Pipe())];
        List<Task> conversations = [];
        for (int i = 0; i < ports.Count; i++)
        {
            byte data = (byte)(2 * i);
            byte[] port = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(port, (ushort)ports[i]);
            await socket.SendAsync(data, port, call.Aborted);
            await socket.SendAsync((byte)(data + 1), port, call.Aborted);
            conversations.Add(ForwardAsync(ports[i], socket, data, inputs[i]));
        }

        await socket.ReceiveAsync(
            async (channel, bytes) =>
            {
                if (channel % 2 == 0 && channel / 2 < inputs.Length && bytes.Length > 0)
                {
                    await inputs[channel / 2].Writer.WriteAsync(bytes, call.Aborted);
                }
            },
            call.Aborted);
        await socket.SayGoodbyeAsync();
        foreach (Pipe one in inputs)
        {
            await one.Writer.CompleteAsync();
        }

        await Task.WhenAll(conversations);
    }

    private async Task ForwardAsync(int port, ChannelSocket socket, byte channel, Pipe input)
    {
        try
        {
            DuplexChannel client = new(input.Reader.AsStream(), new ChannelStream(socket, channel, Task.CompletedTask));
            string failure = await RelayAsync(port, client, static () => default);
            if (failure.Length > 0)
            {
                await socket.SendAsync((byte)(channel + 1), Encoding.UTF8.GetBytes(failure), call.Aborted);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
    }
}
