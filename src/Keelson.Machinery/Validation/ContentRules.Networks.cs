using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Machinery.Validation;

/// <summary>Networks, and addresses in fields that take the canonical spelling only.</summary>
public static partial class ContentRules
{
    /// <summary>An address in a newer field: it must be spelled the one canonical way.</summary>
    public static IEnumerable<string> CanonicalIpAddress(string value)
    {
        List<string> errors = [.. IpAddress(value)];
        if (errors.Count == 0 && TryParseSloppyIp(value, out IPAddress? address) && address.ToString() != value)
        {
            errors.Add($"must be in canonical form ({GoText.Quote(address.ToString())})");
        }

        return errors;
    }

    /// <summary>A network in a field that has existed long.</summary>
    public static IEnumerable<string> Cidr(string value)
    {
        if (!TryParseSloppyCidr(value, out IPAddress? address, out int length))
        {
            return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
        }

        int slash = value.IndexOf('/', StringComparison.Ordinal);
        bool leadingZeros = HasLeadingZeros(value[..slash]) || (value.Length > slash + 2 && value[slash + 1] == '0');
        return leadingZeros ? ["must not have leading 0s in IP or prefix length"]
            : address.IsIPv4MappedToIPv6 ? ["must not have an IPv4-mapped IPv6 address"]
            : !Masked(address, length).Equals(address) ? ["must not have bits set beyond the prefix length"]
            : [];
    }

    /// <summary>A network in a newer field: it must be spelled the one canonical way.</summary>
    public static IEnumerable<string> CanonicalCidr(string value)
    {
        List<string> errors = [.. Cidr(value)];
        if (errors.Count == 0 && TryParseSloppyCidr(value, out IPAddress? address, out int length))
        {
            string canonical = string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");
            if (canonical != value)
            {
                errors.Add($"must be in canonical form ({GoText.Quote(canonical)})");
            }
        }

        return errors;
    }

    /// <summary>Reads a network as Go once did: an address, a slash and a length, with leading zeros if need be.</summary>
    public static bool TryParseSloppyCidr(string value, [NotNullWhen(true)] out IPAddress? address, out int length)
    {
        address = null;
        length = 0;
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseSloppyIp(value[..slash], out address))
        {
            return false;
        }

        ReadOnlySpan<char> digits = value.AsSpan(slash + 1);
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9')
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    /// <summary>The address with all bits beyond the prefix cleared.</summary>
    public static IPAddress Masked(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(prefixLength - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new(bytes);
    }
}
