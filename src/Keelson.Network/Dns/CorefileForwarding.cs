using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Network.Dns;

/// <summary>Reads the plugin forward.</summary>
internal static class CorefileForwarding
{
    private const int MostServers = 15;
    private const int TlsPort = 853;

    /// <summary>Where names are asked for.</summary>
    public static DnsForwarding Read(
        CorefileLine plugin, ClusterDnsConfig config, CorefileFiles files, List<string> complaints)
    {
        if (plugin.Arguments.Count < 2)
        {
            throw plugin.WrongCount();
        }

        List<DnsUpstream> servers = [];
        foreach (string to in plugin.Arguments.Skip(1))
        {
            servers.AddRange(Servers(to, config, files, complaints));
        }

        if (servers.Count > MostServers)
        {
            throw new FormatException($"more than {MostServers} TOs configured: {servers.Count}");
        }

        DnsForwarding forwarding = new(CorefileSettings.Name(plugin.Arguments[0]), servers, []);
        foreach (CorefileLine line in plugin.Lines)
        {
            forwarding = Option(forwarding, line, files);
        }

        return forwarding.Tls.ServerName is not null && servers.Exists(static one => one.ServerName is not null)
            ? throw new FormatException(
                "tls_servername is mutually exclusive with per destination endpoint server name")
            : forwarding;
    }

    private static IEnumerable<DnsUpstream> Servers(
        string to, ClusterDnsConfig config, CorefileFiles files, List<string> complaints)
    {
        int scheme = to.IndexOf("://", StringComparison.Ordinal);
        string transport = scheme < 0 ? "dns" : to[..scheme];
        string text = scheme < 0 ? to : to[(scheme + 3)..];
        if (transport is not ("dns" or "tls"))
        {
            if (transport != "https")
            {
                throw new FormatException(
                    $"'{transport}' is not supported as a destination protocol in forward: {to}");
            }

            complaints.Add($"plugin forward: {to} is not asked: DNS over HTTPS is not spoken");
            return [];
        }

        bool hasTls = transport == "tls";
        string? name = null;
        if (hasTls && text.IndexOf('%') is > 0 and int percent)
        {
            // tls://9.9.9.9%dns.quad9.net:853
            int end = text.IndexOf(':', percent);
            name = end < 0 ? text[(percent + 1)..] : text[(percent + 1)..end];
            text = text[..percent] + (end < 0 ? "" : text[end..]);
        }

        if (PlaceOf(text, hasTls ? TlsPort : 53) is { } place)
        {
            return [new(place) { HasTls = hasTls, ServerName = name }];
        }

        IReadOnlyList<IPEndPoint>? listed = text == "/etc/resolv.conf"
            ? config.Upstreams ?? ClusterDnsConfig.ServersOfMachine()
            : files.Find(text) is { } file ? ClusterDnsConfig.ServersIn(file) : null;
        return listed is null
            ? throw new FormatException($"not an IP address or file: \"{text}\"")
            : listed.Select(one => new DnsUpstream(hasTls ? new(one.Address, TlsPort) : one) { HasTls = hasTls });
    }

    private static IPEndPoint? PlaceOf(string text, int port) =>
        IPAddress.TryParse(text, out IPAddress? address) ? new(address, port)
        : IPEndPoint.TryParse(text, out IPEndPoint? place) && place.Port > 0 ? place : null;

    private static DnsForwarding Option(DnsForwarding forwarding, CorefileLine line, CorefileFiles files)
    {
        switch (line.Name)
        {
            case "except" when line.Arguments.Count > 0:
                return forwarding with
                {
                    Except = [.. forwarding.Except, .. line.Arguments.Select(CorefileSettings.Name)],
                };
            case "force_tcp" when line.Arguments.Count == 0:
                return forwarding with { IsTcp = true };
            case "tls" when line.Arguments.Count <= 3:
                return forwarding with { Tls = Tls(forwarding.Tls, line, files) };
            case "tls_servername" when line.Arguments is [{ } name]:
                return forwarding with { Tls = forwarding.Tls with { ServerName = name } };
            case "policy" when line.Arguments is [{ } policy]:
                return forwarding with
                {
                    Policy = policy switch
                    {
                        "random" => DnsForwardPolicy.Random,
                        "round_robin" => DnsForwardPolicy.RoundRobin,
                        "sequential" => DnsForwardPolicy.Sequential,
                        _ => throw line.Wrong($"unknown policy '{policy}'"),
                    },
                };
            case "max_concurrent" when line.Arguments is [{ } text]:
                return forwarding with { MostConcurrent = Number(text, "max_concurrent") };
            case "expire" when line.Arguments is [{ } text]:
                return forwarding with { Expire = Duration(text, "expire") };
            case "failover" when line.Arguments.Count > 0:
                return forwarding with { Failover = [.. line.Arguments.Select(one => Code(line, one))] };
            case "next" when line.Arguments.Count > 0:
                return forwarding with { Next = [.. line.Arguments.Select(one => Code(line, one))] };
            case "max_fails" or "max_connect_attempts" or "max_idle_conns" or "max_age"
                when line.Arguments is [{ } text]:
                Number(text, line.Name);
                return forwarding;
            case "health_check" when line.Arguments is [{ } text, ..]:
                Duration(text, "health_check");
                return forwarding;
            case "prefer_udp" or "failfast_all_unhealthy_upstreams" or "next_on_nodata" or "resolver":
                return forwarding;
            case "except" or "force_tcp" or "tls" or "tls_servername" or "policy" or "max_concurrent" or "expire"
                or "failover" or "next" or "max_fails" or "max_connect_attempts" or "max_idle_conns" or "max_age"
                or "health_check":
                throw line.WrongCount();
            default:
                throw line.Wrong($"unknown property '{line.Name}'");
        }
    }

    private static int Code(CorefileLine line, string text) => DnsNames.Codes.TryGetValue(text.ToUpperInvariant(),
        out int code) ? code : throw line.Wrong($"{text} is not a valid rcode");

    private static int Number(string text, string option) =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? throw new FormatException($"strconv.Atoi: parsing \"{text}\": invalid syntax")
            : number >= 0 ? number : throw new FormatException($"{option} can't be negative: {number}");

    private static TimeSpan Duration(string text, string option)
    {
        TimeSpan? duration = Machinery.Values.GoDuration.TryParse(text, out TimeSpan parsed, out _) ? parsed : null;
        return duration is not { } value ? throw new FormatException($"time: invalid duration \"{text}\"")
            : value >= TimeSpan.Zero ? value : throw new FormatException($"{option} can't be negative: {text}");
    }

    private static DnsTls Tls(DnsTls before, CorefileLine line, CorefileFiles files)
    {
        string Content(string file) =>
            files.Find(file) ?? throw new FormatException($"open {file}: no such file or directory");
        IReadOnlyList<string> named = line.Arguments;
        try
        {
            X509Certificate2Collection? authorities = null;
            if (named.Count is 1 or 3)
            {
                authorities = [];
                authorities.ImportFromPem(Content(named[^1]));
            }

            return before with
            {
                Authorities = authorities,
                Certificate = named.Count < 2 ? null
                    : X509Certificate2.CreateFromPem(Content(named[0]), Content(named[1])),
            };
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"could not load TLS files: {exception.Message}");
        }
    }
}
