namespace Keelson.Network.Dns;

/// <summary>Types of records and codes of answers by the names that they have in configuration.</summary>
internal static class DnsNames
{
    /// <summary>Types of records.</summary>
    public static readonly IReadOnlyDictionary<string, ushort> Types =
        new Dictionary<string, ushort>(StringComparer.OrdinalIgnoreCase)
        {
            ["A"] = 1, ["NS"] = 2, ["CNAME"] = 5, ["SOA"] = 6, ["NULL"] = 10, ["PTR"] = 12, ["HINFO"] = 13, ["MX"] = 15,
            ["TXT"] = 16, ["RP"] = 17, ["AFSDB"] = 18, ["SIG"] = 24, ["KEY"] = 25, ["AAAA"] = 28, ["LOC"] = 29,
            ["SRV"] = 33, ["NAPTR"] = 35, ["KX"] = 36, ["CERT"] = 37, ["DNAME"] = 39, ["OPT"] = 41, ["APL"] = 42,
            ["DS"] = 43, ["SSHFP"] = 44, ["IPSECKEY"] = 45, ["RRSIG"] = 46, ["NSEC"] = 47, ["DNSKEY"] = 48,
            ["DHCID"] = 49, ["NSEC3"] = 50, ["NSEC3PARAM"] = 51, ["TLSA"] = 52, ["SMIMEA"] = 53, ["HIP"] = 55,
            ["CDS"] = 59, ["CDNSKEY"] = 60, ["OPENPGPKEY"] = 61, ["CSYNC"] = 62, ["ZONEMD"] = 63, ["SVCB"] = 64,
            ["HTTPS"] = 65, ["SPF"] = 99, ["TKEY"] = 249, ["TSIG"] = 250, ["IXFR"] = 251, ["AXFR"] = 252, ["ANY"] = 255,
            ["URI"] = 256, ["CAA"] = 257,
        };

    /// <summary>Codes of answers.</summary>
    public static readonly IReadOnlyDictionary<string, int> Codes = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["NOERROR"] = 0, ["FORMERR"] = 1, ["SERVFAIL"] = 2, ["NXDOMAIN"] = 3, ["NOTIMP"] = 4, ["REFUSED"] = 5,
        ["YXDOMAIN"] = 6, ["YXRRSET"] = 7, ["NXRRSET"] = 8, ["NOTAUTH"] = 9, ["NOTZONE"] = 10,
    };

    private static readonly Dictionary<ushort, string> _names =
        Types.ToDictionary(static one => one.Value, static one => one.Key);

    /// <summary>The name of a type.</summary>
    public static string Of(ushort type) => _names.GetValueOrDefault(type) ?? $"TYPE{type}";
}
