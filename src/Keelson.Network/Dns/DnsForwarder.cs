using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Keelson.Network.Dns;

/// <summary>Asks other servers, and keeps what they answer.</summary>
internal sealed class DnsForwarder
{
    private const int Port = 53;

    // For so long a server that did not answer is asked after the others.
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(5);

    private readonly ClusterDnsConfig _config;
    private readonly DnsMetrics _metrics;
    private readonly DnsCache _cache;
    private readonly ConcurrentDictionary<DnsCacheKey, Task<byte[]?>> _running = [];
    private readonly ConcurrentDictionary<IPEndPoint, long> _silent = [];
    private readonly CancellationToken _stop;

    public DnsForwarder(ClusterDnsConfig config, DnsMetrics metrics, CancellationToken stop)
    {
        _config = config;
        _metrics = metrics;
        _stop = stop;
        _cache = new(config.CacheSize, config.Clock);
    }

    /// <summary>How many answers are kept.</summary>
    public (int Success, int Denial) Kept => _cache.Count();

    /// <summary>Forgets what was kept.</summary>
    public void Forget() => _cache.Clear();

    /// <summary>An answer that is kept; null when there is none.</summary>
    public byte[]? FindKept(in DnsQuery query)
    {
        byte[]? kept = _cache.Find(DnsCacheKey.Of(query));
        if (kept is null)
        {
            _metrics.Miss();
        }
        else
        {
            _metrics.Hit(DnsCache.IsDenial(kept));
        }

        return kept;
    }

    /// <summary>Gets an answer; null when no server has one. Who asks the same at the same time shares it.</summary>
    public Task<byte[]?> AskAsync(DnsQuery query, DnsServerBlock block)
    {
        DnsCacheKey key = DnsCacheKey.Of(query);
        return _running.GetOrAdd(
            key,
            static (one, self) => self.Forwarder.RunAsync(one, self.Query, self.Block),
            (Forwarder: this, Query: query, Block: block));
    }

    private async Task<byte[]?> RunAsync(DnsCacheKey key, DnsQuery query, DnsServerBlock block)
    {
        await Task.Yield();
        try
        {
            byte[] request = Compose(query);
            foreach (IPEndPoint server in InOrder(block.ServersFor(query.Name)))
            {
                long started = _config.Clock.GetTimestamp();
                if (await TryAsync(server, request) is { } answer)
                {
                    _metrics.Asked(server.ToString(), answer[3] & 0xf, _config.Clock.GetElapsedTime(started));
                    _silent.TryRemove(server, out _);
                    _cache.Put(key, answer, block);
                    return answer;
                }

                _silent[server] = _config.Clock.GetTimestamp();
            }

            return null;
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    /// <summary>Servers as they are asked: those last that did not answer a moment ago. One that is this server would
    /// ask itself for ever.</summary>
    private IEnumerable<IPEndPoint> InOrder(IReadOnlyList<IPEndPoint> servers) => servers
        .Where(one => one.Port != Port || !_config.Addresses.Any(own => own.Equals(one)))
        .OrderBy(one => _silent.TryGetValue(one, out long since)
            && _config.Clock.GetElapsedTime(since) < SilencePatience);

    /// <summary>A question of our own: a number nobody can guess, and nothing of the client's but what it
    /// asks.</summary>
    private static byte[] Compose(DnsQuery query)
    {
        byte[] message = new byte[DnsLimits.HeaderSize + query.Name.Length + 6 + (query.HasEdns ? 11 : 0)];
        int position = DnsLimits.HeaderSize;
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1));
        message[2] = 1;
        message[5] = 1;
        foreach (string label in query.Name.Length == 0 ? [] : query.Name.Split('.'))
        {
            message[position++] = (byte)label.Length;
            foreach (char one in label)
            {
                message[position++] = (byte)one;
            }
        }

        position++;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(position), query.Type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(position + 2), 1);
        position += 4;
        if (query.HasEdns)
        {
            message[11] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(position + 1), DnsType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(position + 3), DnsLimits.UdpSize);
            message[position + 7] = (byte)(query.WantsSignatures ? 0x80 : 0);
            position += 11;
        }

        return message[..position];
    }

    private async Task<byte[]?> TryAsync(IPEndPoint server, byte[] request)
    {
        using CancellationTokenSource patience = new(_config.UpstreamTimeout, _config.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop);
        try
        {
            byte[] answer = await AskUdpAsync(server, request, either.Token);
            return (answer[2] & 2) == 0 ? answer : await AskTcpAsync(server, request, either.Token);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
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
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)request.Length);
        await stream.WriteAsync((byte[])[.. length, .. request], stop);
        await stream.ReadExactlyAsync(length, stop);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, stop);
        return Answers(answer, request) ? answer : throw new IOException("the answer is to another question");
    }

    /// <summary>True when a message answers a question: number and question are the same.</summary>
    private static bool Answers(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> request)
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
}
