using System.Buffers;
using System.Net.WebSockets;

namespace Keelson.Streaming.WebSockets;

/// <summary>
/// A WebSocket that carries several streams: the first byte of each message is its channel. With
/// <c>v5.channel.k8s.io</c> a message of <c>255, channel</c> closes one.
/// </summary>
public sealed class ChannelSocket(WebSocket socket)
{
    /// <summary>The channel of closings.</summary>
    public const byte CloseChannel = 255;

    private const int LargestMessageSent = 32 * 1024;
    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>Sends bytes on a channel; none are a message too.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(LargestMessageSent + 1);
        try
        {
            message[0] = channel;
            do
            {
                int length = Math.Min(data.Length, LargestMessageSent);
                data[..length].CopyTo(message.AsMemory(1));
                data = data[length..];
                await SendMessageAsync(message.AsMemory(0, length + 1), cancellation);
            }
            while (data.Length > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    /// <summary>Passes on what comes until the client closes the socket.</summary>
    /// <param name="received">Gets a channel and the bytes for it, none when the client closed the channel.</param>
    /// <param name="cancellation">Ends waiting.</param>
    /// <exception cref="IOException">The client is gone without a goodbye.</exception>
    public async Task ReceiveAsync(Func<byte, ReadOnlyMemory<byte>, ValueTask> received, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LargestMessageSent + 1);
        try
        {
            byte? channel = null;
            while (await ReadAsync(buffer, cancellation) is { MessageType: not WebSocketMessageType.Close } part)
            {
                ReadOnlyMemory<byte> data = buffer.AsMemory(0, part.Count);
                if (channel is null && data.Length > 0)
                {
                    channel = data.Span[0];
                    data = data[1..];
                }

                // Only the first part of a message names the channel; what follows belongs to the same.
                if (channel is CloseChannel && data.Length > 0)
                {
                    await received(data.Span[0], default);
                }
                else if (channel is { } known && data.Length > 0)
                {
                    await received(known, data);
                }

                channel = part.EndOfMessage ? null : channel;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Tells the client that nothing more comes; it answers by ending <see cref="ReceiveAsync"/>.</summary>
    public ValueTask SayGoodbyeAsync() => WebSocketByteStream.SayGoodbyeAsync(socket);

    private async ValueTask<ValueWebSocketReceiveResult> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancellation);
        }
        catch (WebSocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private async ValueTask SendMessageAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
        finally
        {
            _sending.Release();
        }
    }
}
