using System.Net;
using System.Net.Sockets;

namespace Keelson.Network.Nft;

/// <summary>One of the two families of addresses, in the words of nftables.</summary>
internal sealed class NftFamily
{
    private NftFamily(AddressFamily family, string name, string addressType, string loopback)
    {
        Family = family;
        Name = name;
        AddressType = addressType;
        Loopback = loopback;
    }

    public static NftFamily IPv4 { get; } = new(AddressFamily.InterNetwork, "ip", "ipv4_addr", "127.0.0.0/8");

    public static NftFamily IPv6 { get; } = new(AddressFamily.InterNetworkV6, "ip6", "ipv6_addr", "::1");

    public AddressFamily Family { get; }

    /// <summary><c>ip</c> or <c>ip6</c>: the family of a table, and how its packets' fields are named.</summary>
    public string Name { get; }

    public string AddressType { get; }

    public string Loopback { get; }

    /// <summary>The addresses of this family among texts, in their usual form.</summary>
    public IEnumerable<string> AddressesIn(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            if (IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == Family)
            {
                yield return address.ToString();
            }
        }
    }

    /// <summary>The ranges of this family among texts, in their usual form.</summary>
    public IEnumerable<string> RangesIn(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            if (AddressRange.TryParse(text.Trim(), out AddressRange range) && range.Family == Family)
            {
                yield return range.ToString();
            }
        }
    }
}
