using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Machinery.Validation;

/// <summary>IP addresses, as lenient as upstream where old objects may hold odd forms.</summary>
public static partial class ContentRules
{
    /// <summary>An IP address without leading zeros that is no IPv4 address in IPv6 clothes.</summary>
    public static IEnumerable<string> IpAddress(string value)
    {
        if (!TryParseSloppyIp(value, out IPAddress? address))
        {
            return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];
        }

        if (HasLeadingZeros(value))
        {
            return ["must not have leading 0s"];
        }

        return address.IsIPv4MappedToIPv6 ? ["must not be an IPv4-mapped IPv6 address"] : [];
    }

    /// <summary>The warning about an address that is valid but not in its usual form, or null.</summary>
    public static string? IpWarning(FieldPath path, string value)
    {
        if (!TryParseSloppyIp(value, out IPAddress? address))
        {
            return null;
        }

        if (HasLeadingZeros(value) || address.IsIPv4MappedToIPv6)
        {
            string usual = address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : address.ToString();
            return $"{path}: non-standard IP address {GoText.Quote(value)} will be considered invalid in a future Kubernetes release: use {GoText.Quote(usual)}";
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ToString() != value
            ? $"{path}: IPv6 address {GoText.Quote(value)} should be in RFC 5952 canonical format ({GoText.Quote(address.ToString())})"
            : null;
    }

    /// <summary>The warnings for those addresses of a list that have an odd form; empty ones are passed over.</summary>
    public static IEnumerable<string> IpWarnings(IEnumerable<string> values, Func<int, FieldPath> path) =>
        values.Select((value, i) => IpWarning(path(i), value)).OfType<string>();

    /// <summary>Reads an IP address as Go once did: IPv4 numbers may have leading zeros and are decimal all the same.</summary>
    public static bool TryParseSloppyIp(string value, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        int colon = value.LastIndexOf(':');
        string[] numbers = value[(colon + 1)..].Split('.');
        if (colon < 0 || numbers.Length > 1)
        {
            byte[] bytes = new byte[4];
            if (numbers.Length != 4)
            {
                return false;
            }

            for (int i = 0; i < 4; i++)
            {
                bool ok = numbers[i].Length is > 0 and <= 3
                    && byte.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]);
                if (!ok)
                {
                    return false;
                }
            }

            if (colon < 0)
            {
                address = new(bytes);
                return true;
            }

            value = string.Create(CultureInfo.InvariantCulture, $"{value[..(colon + 1)]}{bytes[0]}.{bytes[1]}.{bytes[2]}.{bytes[3]}");
        }

        return !value.AsSpan().ContainsAny("%[]/ ") && IPAddress.TryParse(value, out address);
    }

    /// <summary>True when the addresses are one of IPv4 and one of IPv6, in any order.</summary>
    public static bool IsDualStack(string first, string second) =>
        TryParseSloppyIp(first, out IPAddress? one) && TryParseSloppyIp(second, out IPAddress? other)
        && one.AddressFamily != other.AddressFamily;

    private static bool HasLeadingZeros(string value)
    {
        int at = value.LastIndexOf(':') + 1;
        return value.IndexOf('.', StringComparison.Ordinal) >= 0
            && value[at..].Split('.').Any(one => one.Length > 1 && one[0] == '0');
    }
}
