using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Keelson.Server.Connections.Backends;

/// <summary>Carries bytes between two streams, both ways, until one of them ends; then both are closed.</summary>
internal static class StreamRelay
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Runs until a side ends or the token is cancelled; never fails.</summary>
    public static async Task RunAsync(Stream client, Stream backend, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task up = CopyAsync(client, backend, stop.Token);
        Task down = CopyAsync(backend, client, stop.Token);

        // As upstream: nobody is told of half an end, neither SPDY nor WebSockets need it.
        await Task.WhenAny(up, down);
        await backend.DisposeAsync();
        await client.DisposeAsync();

        // Only now: a WebSocket whose reading is cancelled can't say goodbye any more.
        await stop.CancelAsync();
        await Task.WhenAll(up, down);
    }

    /// <summary>Copies until the source ends, which gives true, or either stream breaks; never fails.</summary>
    public static async Task<bool> CopyAsync(Stream source, Stream target, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await source.ReadAsync(buffer, cancellation) is > 0 and int count)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
                await target.FlushAsync(cancellation);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException or ConnectionAbortedException)
        {
            // A side is gone; that is how connections end.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
