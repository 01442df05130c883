namespace Keelson.Network.Dns;

/// <summary>Types of records (RFC 1035, 2782, 3596, 6891).</summary>
internal static class DnsType
{
    public const ushort A = 1;
    public const ushort Ns = 2;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Ptr = 12;
    public const ushort Txt = 16;
    public const ushort Aaaa = 28;
    public const ushort Srv = 33;
    public const ushort HInfo = 13;
    public const ushort Mx = 15;
    public const ushort DName = 39;
    public const ushort Spf = 99;
    public const ushort Caa = 257;
    public const ushort Opt = 41;
    public const ushort Ds = 43;
    public const ushort DnsKey = 48;
    public const ushort Https = 65;
    public const ushort Ixfr = 251;
    public const ushort Axfr = 252;
    public const ushort Any = 255;
}

/// <summary>How a question was answered (RFC 1035 section 4.1.1).</summary>
internal static class DnsCode
{
    public const int NoError = 0;
    public const int FormatError = 1;
    public const int ServerFailure = 2;
    public const int NameError = 3;
    public const int NotImplemented = 4;
    public const int Refused = 5;
    public const int BadVersion = 16;
}

/// <summary>Sizes and bits of a message.</summary>
internal static class DnsLimits
{
    public const int HeaderSize = 12;

    /// <summary>The longest name, as it is sent.</summary>
    public const int NameSize = 255;

    /// <summary>The largest answer over UDP for those who don't say that they take more.</summary>
    public const int PlainUdpSize = 512;

    /// <summary>The largest answer over UDP that is asked for: it fits into one packet everywhere (DNS flag day
    /// 2020).</summary>
    public const int UdpSize = 1232;

    /// <summary>The largest answer over UDP that is sent, to clients who say that they take it.</summary>
    public const int MostUdpSize = 65507;

    public const int TcpSize = 65535;
}
