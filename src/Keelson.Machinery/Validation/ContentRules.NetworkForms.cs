using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Machinery.Validation;

/// <summary>Warnings about networks in odd forms, and addresses of interfaces.</summary>
public static partial class ContentRules
{
    /// <summary>The warnings about a network that is valid but not in its usual form.</summary>
    public static IEnumerable<string> CidrWarnings(FieldPath path, string value)
    {
        if (!TryParseSloppyCidr(value, out IPAddress? address, out int length))
        {
            yield break;
        }

        IPAddress network = Masked(address, length);
        string usual = string.Create(CultureInfo.InvariantCulture, $"{Plain(network)}/{PlainLength(network, length)}");
        bool ambiguous = !network.Equals(address);
        if (ambiguous)
        {
            IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            int bits = plain.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
            yield return $"{path}: CIDR value {GoText.Quote(value)} is ambiguous in this context (should be {GoText.Quote(usual)} or {GoText.Quote($"{plain}/{bits}")}?)";
        }

        bool odd = address.IsIPv4MappedToIPv6 || HasLeadingZerosInCidr(value);
        if (odd)
        {
            yield return $"{path}: non-standard CIDR value {GoText.Quote(value)} will be considered invalid in a future Kubernetes release: use {GoText.Quote(usual)}";
        }

        string canonical = string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");
        if (!ambiguous && !odd && address.AddressFamily == AddressFamily.InterNetworkV6 && canonical != value)
        {
            yield return $"{path}: IPv6 CIDR value {GoText.Quote(value)} should be in RFC 5952 canonical format ({GoText.Quote(canonical)})";
        }
    }

    /// <summary>The address of an interface with the length of its network, in its one canonical form: <c>10.9.8.7/24</c>.</summary>
    public static IEnumerable<string> InterfaceAddress(string value)
    {
        if (!TryParseSloppyCidr(value, out IPAddress? address, out int length))
        {
            return ["must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)"];
        }

        string canonical = string.Create(CultureInfo.InvariantCulture, $"{Plain(address)}/{PlainLength(address, length)}");
        return canonical == value ? [] : [$"must be in canonical form ({GoText.Quote(canonical)})"];
    }

    private static string Plain(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static int PlainLength(IPAddress address, int length) => address.IsIPv4MappedToIPv6 ? Math.Max(0, length - 96) : length;

    private static bool HasLeadingZerosInCidr(string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        return HasLeadingZeros(value[..slash]) || (value.Length > slash + 2 && value[slash + 1] == '0');
    }
}
