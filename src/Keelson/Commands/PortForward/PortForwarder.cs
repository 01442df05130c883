using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keelson.Commands.UserCommands;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;

namespace Keelson.Commands.PortForward;

/// <summary>Passes connections of this machine on to a pod: a pair of streams for each.</summary>
internal sealed class PortForwarder(SpdyConnection connection, CommandConsole console)
{
    private int _requests = -1;

    /// <summary>Accepts connections until it is cancelled.</summary>
    public async Task AcceptAsync(TcpListener listener, int port, CancellationToken cancellation)
    {
        using (listener)
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(cancellation);
                Tell(console.Output, $"Handling connection for {((IPEndPoint)listener.LocalEndpoint).Port}\n");
                _ = ForwardAsync(client, port, cancellation);
            }
        }
    }

    private async Task ForwardAsync(TcpClient client, int port, CancellationToken cancellation)
    {
        try
        {
            using NetworkStream local = client.GetStream();
            string request = Interlocked.Increment(ref _requests).ToString(CultureInfo.InvariantCulture);
            await using SpdyStream error = await OpenAsync(StreamNames.Error, port, request, cancellation);
            await error.CompleteWritesAsync(cancellation);
            await using SpdyStream data = await OpenAsync(StreamNames.Data, port, request, cancellation);
            Task sending = SendAsync(local, data, cancellation);
            await data.CopyToAsync(local, cancellation);
            client.Client.Shutdown(SocketShutdown.Send);
            using StreamReader reader = new(error, Encoding.UTF8);
            string message = await reader.ReadToEndAsync(cancellation);
            if (message.Length > 0)
            {
                Tell(console.Error, $"an error occurred forwarding {port} -> {port}: {message}\n");
            }

            await sending;
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side is gone; the other learns of it by the end of this.
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task SendAsync(NetworkStream local, SpdyStream data, CancellationToken cancellation)
    {
        await local.CopyToAsync(data, cancellation);
        await data.CompleteWritesAsync(cancellation);
    }

    private ValueTask<SpdyStream> OpenAsync(string type, int port, string request, CancellationToken cancellation)
    {
        Dictionary<string, string> headers = new(StringComparer.Ordinal)
        {
            [StreamNames.TypeHeader] = type,
            [StreamNames.PortHeader] = port.ToString(CultureInfo.InvariantCulture),
            [StreamNames.RequestIdHeader] = request,
        };
        return connection.OpenStreamAsync(headers, cancellation);
    }

    private static void Tell(TextWriter output, string line)
    {
        lock (output)
        {
            output.Write(line);
            output.Flush();
        }
    }
}
