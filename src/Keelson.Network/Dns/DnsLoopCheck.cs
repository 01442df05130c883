using System.Security.Cryptography;

namespace Keelson.Network.Dns;

/// <summary>Looks whether questions that are passed on come back (CoreDNS' plugin loop): one that nobody else would
/// ask is passed on, and seen again or not.</summary>
internal sealed class DnsLoopCheck
{
    // CoreDNS stops to look after this time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Action<string> _log;
    private volatile bool _isOver;

    public DnsLoopCheck(DnsServerBlock block, Action<string> log)
    {
        _log = log;
        Block = block;
        string[] parts = [.. Enumerable.Range(0, 2).Select(static _ =>
            $"{BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 1}")];
        Name = string.Join('.', parts) + (block.Zone.Length > 0 ? "." + block.Zone : "");
    }

    public DnsServerBlock Block { get; }

    /// <summary>The name that is asked for.</summary>
    public string Name { get; }

    /// <summary>True when the question came back: passing on questions of the domain would never end.</summary>
    public bool IsLooping { get; private set; }

    /// <summary>Passes the question on.</summary>
    public async Task RunAsync(DnsForwarder forwarder, TimeProvider clock, CancellationToken stop)
    {
        DnsQuery query = new(0, Name, DnsType.HInfo, 0);
        await Task.WhenAny(forwarder.AskAsync(query, Block), Task.Delay(Patience, clock, stop));
        _isOver = true;
    }

    /// <summary>Takes in a question.</summary>
    public void See(in DnsQuery query)
    {
        if (query.Type == DnsType.HInfo && !_isOver && query.Name == Name && !IsLooping)
        {
            IsLooping = true;
            _log($"dns: Loop detected for zone \"{Block.Zone}.\", see https://coredns.io/plugins/loop#troubleshooting. "
                + $"Query: \"HINFO {Name}.\"");
        }
    }
}
