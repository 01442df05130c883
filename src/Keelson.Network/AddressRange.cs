using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Network;

/// <summary>A range of addresses: <c>10.0.0.0/8</c>. Bits behind the prefix are zero, whatever was written.</summary>
internal readonly record struct AddressRange
{
    private readonly IPNetwork _network;

    private AddressRange(IPNetwork network) => _network = network;

    public AddressFamily Family => _network.BaseAddress.AddressFamily;

    public IPAddress First => _network.BaseAddress;

    public int PrefixLength => _network.PrefixLength;

    /// <summary>Reads a range; a single address is a range of one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressRange range)
    {
        range = default;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> head = slash < 0 ? text : text.AsSpan(0, slash);
        if (!IPAddress.TryParse(head, out IPAddress? address))
        {
            return false;
        }

        int bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        int length = bits;
        if (slash >= 0
            && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > bits))
        {
            return false;
        }

        range = new(new IPNetwork(Masked(address, length), length));
        return true;
    }

    public bool Contains(IPAddress address) => _network.Contains(address);

    /// <summary>As nft shows it: a range of one is just the address.</summary>
    public override string ToString() =>
        _network.PrefixLength == (Family == AddressFamily.InterNetwork ? 32 : 128)
            ? _network.BaseAddress.ToString()
            : _network.ToString();

    private static IPAddress Masked(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new(bytes);
    }
}
