using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Network.Dns;

/// <summary>Another server.</summary>
/// <param name="Address">Where it is.</param>
internal sealed record DnsUpstream(IPEndPoint Address)
{
    /// <summary>True when it is asked over TLS (RFC 7858).</summary>
    public bool HasTls { get; init; }

    /// <summary>The name that its certificate must be for; null for that of the forwarding, or its address.</summary>
    public string? ServerName { get; init; }

    /// <summary>As CoreDNS' metrics name it.</summary>
    public override string ToString() => HasTls ? $"tls://{Address}" : Address.ToString();
}

/// <summary>Which of several servers is asked first.</summary>
internal enum DnsForwardPolicy
{
    Random,
    RoundRobin,
    Sequential,
}

/// <summary>How servers are spoken to over TLS.</summary>
internal sealed record DnsTls
{
    /// <summary>The name that certificates must be for; null for the server's address.</summary>
    public string? ServerName { get; init; }

    /// <summary>What is shown to the server; null for nothing.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Who vouches for the server; null for those whom the machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}

/// <summary>Where names are asked for that nobody here knows.</summary>
/// <param name="Zone">The domain; empty for all.</param>
/// <param name="Servers">The servers.</param>
/// <param name="Except">Domains that are not asked for.</param>
internal sealed record DnsForwarding(string Zone, IReadOnlyList<DnsUpstream> Servers, IReadOnlyList<string> Except)
{
    private int _turn;

    public DnsForwardPolicy Policy { get; init; }

    public DnsTls Tls { get; init; } = new();

    /// <summary>True when servers are asked over TCP in any case.</summary>
    public bool IsTcp { get; init; }

    /// <summary>For how long a connection is kept that nobody uses.</summary>
    public TimeSpan Expire { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The codes with which the next of the servers is asked.</summary>
    public IReadOnlyList<int> Failover { get; init; } = [];

    /// <summary>The codes with which the next forwarding is tried.</summary>
    public IReadOnlyList<int> Next { get; init; } = [];

    /// <summary>The most questions that wait for an answer at once; 0 for the server's own bound.</summary>
    public int MostConcurrent { get; init; }

    /// <summary>The servers in the order in which they are asked this time.</summary>
    /// <param name="random">A number below another one.</param>
    public IEnumerable<DnsUpstream> InOrder(Func<int, int> random)
    {
        int first = Servers.Count < 2 || Policy == DnsForwardPolicy.Sequential ? 0
            : Policy == DnsForwardPolicy.Random ? random(Servers.Count)
            : (int)((uint)Interlocked.Increment(ref _turn) % (uint)Servers.Count);
        return Servers.Skip(first).Concat(Servers.Take(first));
    }
}
