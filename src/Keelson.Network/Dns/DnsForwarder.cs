using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;

namespace Keelson.Network.Dns;

/// <summary>Asks other servers, and keeps what they answer.</summary>
internal sealed class DnsForwarder : IDisposable
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
    private readonly DnsExchange _exchange;

    public DnsForwarder(ClusterDnsConfig config, DnsMetrics metrics, CancellationToken stop)
    {
        _config = config;
        _metrics = metrics;
        _stop = stop;
        _cache = new(config.CacheSize, config.Clock);
        _exchange = new(config.Clock);
    }

    /// <summary>How many answers are kept.</summary>
    public (int Success, int Denial) Kept => _cache.Count();

    /// <summary>Forgets what was kept.</summary>
    public void Forget()
    {
        _cache.Clear();
        _exchange.Forget();
    }

    /// <inheritdoc/>
    public void Dispose() => _exchange.Dispose();

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
            byte[]? last = null;
            foreach (DnsForwarding forwarding in block.ForwardingFor(query.Name))
            {
                last = await AskAsync(forwarding, request) ?? last;
                if (last is null || !forwarding.Next.Contains(last[3] & 0xf))
                {
                    break;
                }
            }

            if (last is not null)
            {
                _cache.Put(key, last, block);
            }

            return last;
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    /// <summary>Asks servers until one answers with a code that is not to be asked on with.</summary>
    private async Task<byte[]?> AskAsync(DnsForwarding forwarding, byte[] request)
    {
        byte[]? last = null;
        foreach (DnsUpstream server in InOrder(forwarding))
        {
            long started = _config.Clock.GetTimestamp();
            if (await TryAsync(server, forwarding, request) is not { } answer)
            {
                _silent[server.Address] = _config.Clock.GetTimestamp();
                continue;
            }

            _metrics.Asked(server.ToString(), answer[3] & 0xf, _config.Clock.GetElapsedTime(started));
            _silent.TryRemove(server.Address, out _);
            last = answer;
            if (!forwarding.Failover.Contains(answer[3] & 0xf))
            {
                break;
            }
        }

        return last;
    }

    /// <summary>Servers as they are asked: those last that did not answer a moment ago. One that is this server would
    /// ask itself for ever.</summary>
    private IEnumerable<DnsUpstream> InOrder(DnsForwarding forwarding) => forwarding
        .InOrder(static count => RandomNumberGenerator.GetInt32(count))
        .Where(one => one.Address.Port != Port || !_config.Addresses.Any(own => own.Equals(one.Address)))
        .OrderBy(one => _silent.TryGetValue(one.Address, out long since)
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

    private async Task<byte[]?> TryAsync(DnsUpstream server, DnsForwarding forwarding, byte[] request)
    {
        using CancellationTokenSource patience = new(_config.UpstreamTimeout, _config.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop);
        return await _exchange.AskAsync(server, forwarding, request, either.Token);
    }
}
