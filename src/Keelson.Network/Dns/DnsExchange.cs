using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Network.Dns;

/// <summary>Sends a question to another server and takes its answer, over UDP, TCP or TLS.</summary>
internal sealed class DnsExchange(TimeProvider clock) : IDisposable
{
    // As many connections to a server are kept as a node's pods hardly need at once.
    private const int MostIdle = 16;

    private readonly ConcurrentDictionary<(DnsUpstream, DnsTls), ConcurrentStack<Connection>> _idle = [];

    /// <summary>Asks; null when there is no answer.</summary>
    public async Task<byte[]?> AskAsync(
        DnsUpstream server, DnsForwarding forwarding, byte[] request, CancellationToken stop)
    {
        try
        {
            if (server.HasTls)
            {
                return await AskTlsAsync(server, forwarding, request, stop);
            }

            byte[]? answer = forwarding.IsTcp ? null : await AskUdpAsync(server.Address, request, stop);
            return answer is not null && (answer[2] & 2) == 0 ? answer
                : await AskTcpAsync(server.Address, request, stop);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException
            or AuthenticationException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Forget();

    /// <summary>Closes connections that nobody uses.</summary>
    public void Forget()
    {
        foreach (ConcurrentStack<Connection> connections in _idle.Values)
        {
            while (connections.TryPop(out Connection? one))
            {
                one.Stream.Dispose();
            }
        }
    }

    /// <summary>True when a message answers a question: number and question are the same.</summary>
    public static bool Answers(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> request)
    {
        if (answer.Length < DnsLimits.HeaderSize || (answer[2] & 0x80) == 0 || !answer[..2].SequenceEqual(request[..2])
            || answer[4] != 0 || answer[5] != 1)
        {
            return false;
        }

        DnsReader asked = new(request) { Position = DnsLimits.HeaderSize };
        DnsReader told = new(answer) { Position = DnsLimits.HeaderSize };
        return asked.ReadName() is { } name && told.ReadName() == name
            && asked.TryReadUInt16(out ushort type) && told.TryReadUInt16(out ushort toldType) && type == toldType
            && told.Position + 2 <= answer.Length;
    }

    private static async Task<byte[]> AskUdpAsync(IPEndPoint server, byte[] request, CancellationToken stop)
    {
        // A socket for each question: its port is one more number that a forger has to guess.
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, stop);
        await socket.SendAsync(request, stop);
        byte[] buffer = new byte[4096];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, stop);
            if (Answers(buffer.AsSpan(0, length), request))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]> AskTcpAsync(IPEndPoint server, byte[] request, CancellationToken stop)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, stop);
        await using NetworkStream stream = new(socket);
        return await ExchangeAsync(stream, request, stop);
    }

    /// <summary>Asks over a connection that is there already, or a new one: a handshake costs more than an answer.
    /// </summary>
    private async Task<byte[]> AskTlsAsync(
        DnsUpstream server, DnsForwarding forwarding, byte[] request, CancellationToken stop)
    {
        ConcurrentStack<Connection> idle = _idle.GetOrAdd((server, forwarding.Tls), static _ => []);
        while (idle.TryPop(out Connection? kept))
        {
            try
            {
                if (clock.GetElapsedTime(kept.Since) < forwarding.Expire)
                {
                    byte[] told = await ExchangeAsync(kept.Stream, request, stop);
                    Keep(idle, kept.Stream);
                    return told;
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // The server has closed it meanwhile.
            }

            await kept.Stream.DisposeAsync();
        }

        SslStream stream = await ConnectAsync(server, forwarding.Tls, stop);
        try
        {
            byte[] answer = await ExchangeAsync(stream, request, stop);
            Keep(idle, stream);
            return answer;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private void Keep(ConcurrentStack<Connection> idle, Stream stream)
    {
        if (idle.Count < MostIdle)
        {
            idle.Push(new(stream, clock.GetTimestamp()));
        }
        else
        {
            stream.Dispose();
        }
    }

    private static async Task<SslStream> ConnectAsync(DnsUpstream server, DnsTls tls, CancellationToken stop)
    {
        Socket socket = new(server.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(server.Address, stop);
            stream = new(new NetworkStream(socket, ownsSocket: true));
            SslClientAuthenticationOptions options = new()
            {
                TargetHost = server.ServerName ?? tls.ServerName ?? server.Address.Address.ToString(),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificates = tls.Certificate is { } own ? [own] : null,
            };
            if (tls.Authorities is { } authorities)
            {
                options.CertificateChainPolicy = new()
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
            }

            await stream.AuthenticateAsClientAsync(options, stop);
            return stream;
        }
        catch
        {
            socket.Dispose();
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            throw;
        }
    }

    private static async Task<byte[]> ExchangeAsync(Stream stream, byte[] request, CancellationToken stop)
    {
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)request.Length);
        await stream.WriteAsync((byte[])[.. length, .. request], stop);
        await stream.ReadExactlyAsync(length, stop);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, stop);
        return Answers(answer, request) ? answer : throw new IOException("the answer is to another question");
    }

    private sealed record Connection(Stream Stream, long Since);
}
