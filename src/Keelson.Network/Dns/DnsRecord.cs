using System.Net;

namespace Keelson.Network.Dns;

/// <summary>A record of an answer.</summary>
internal sealed record DnsRecord
{
    private DnsRecord(ushort type, string? owner)
    {
        Type = type;
        Owner = owner;
    }

    public ushort Type { get; }

    /// <summary>Whose it is; null for the name that was asked for.</summary>
    public string? Owner { get; init; }

    public IPAddress? Address { get; private init; }

    /// <summary>The name that it leads to.</summary>
    public string Target { get; private init; } = "";

    public ushort Port { get; private init; }

    public ushort Weight { get; private init; }

    public string Text { get; private init; } = "";

    /// <summary>The number of a zone's version.</summary>
    public uint Serial { get; private init; }

    /// <summary>Data as they came from another server.</summary>
    public ReadOnlyMemory<byte> Raw { get; private init; }

    /// <summary>How long it holds, in seconds; null for what the server says of its own records.</summary>
    public uint? Ttl { get; init; }

    public static DnsRecord Of(IPAddress address, string? owner = null) => new(
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, owner)
    {
        Address = address,
    };

    /// <summary>A record that leads to a name: CNAME, PTR, NS.</summary>
    public static DnsRecord To(ushort type, string target, string? owner = null) =>
        new(type, owner) { Target = target };

    public static DnsRecord Service(string target, int port, int weight) => new(DnsType.Srv, null)
    {
        Target = target, Port = (ushort)port, Weight = (ushort)weight,
    };

    public static DnsRecord Of(string text) => new(DnsType.Txt, null) { Text = text };

    /// <summary>The start of a zone: who sees to it.</summary>
    /// <param name="zone">Its name.</param>
    /// <param name="serial">The number of its version.</param>
    /// <param name="ttl">How long it holds, and that something is not there, in seconds.</param>
    public static DnsRecord Start(string zone, uint serial, uint ttl) =>
        new(DnsType.Soa, zone) { Target = zone, Serial = serial, Ttl = ttl };

    /// <summary>A record whose data contain no names.</summary>
    public static DnsRecord Copy(ushort type, string owner, uint ttl, byte[] data) =>
        new(type, owner) { Raw = data, Ttl = ttl };

    /// <summary>A name as it is sent.</summary>
    public static byte[] WireOf(string name)
    {
        List<byte> bytes = [];
        foreach (string label in name.Length == 0 ? [] : name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(label.Select(static one => (byte)one));
        }

        return [.. bytes, 0];
    }

    /// <summary>The same record of another owner.</summary>
    public DnsRecord OwnedBy(string owner) => this with { Owner = owner };

    /// <summary>The same record with another target.</summary>
    public DnsRecord LeadingTo(string target) => this with { Target = target };

    /// <summary>The same record of another owner, as another server said it.</summary>
    public DnsRecord With(string owner, uint ttl) => this with { Owner = owner, Ttl = ttl };
}
