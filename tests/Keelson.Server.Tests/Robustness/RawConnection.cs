using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Keelson.Server.Tests.Robustness;

/// <summary>A connection on which a test says what it likes, byte for byte.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private Stream _stream;

    private RawConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A connection, with its TLS handshake done unless <paramref name="protocol"/> is null.</summary>
    public static async Task<RawConnection> OpenAsync(RobustServer server, string? protocol = "http/1.1")
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Address);
        RawConnection connection = new(socket);
        if (protocol is not null)
        {
            SslStream tls = new(connection._stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [new SslApplicationProtocol(protocol)],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
            connection._stream = tls;
        }

        return connection;
    }

    public ValueTask SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>What comes until the server closes or nothing comes for a while; what was cut off mid-way counts
    /// too.</summary>
    public async Task<string> ReadAllAsync(double seconds = 20)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(seconds));
        MemoryStream all = new();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await _stream.ReadAsync(buffer, patience.Token) is int count and > 0)
            {
                all.Write(buffer, 0, count);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Cut off; what came before is the answer.
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Ends without a word, as a process that dies.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // The server closed first.
        }

        _socket.Dispose();
    }
}
