using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Keelson.Commands.ApiServer;

/// <summary>The address at which others reach a server that listens on all interfaces, or only on its own.</summary>
internal static class HostAddress
{
    private const string Routes4 = "/proc/net/route";
    private const string Routes6 = "/proc/net/ipv6_route";

    /// <summary>The address itself if others may know it, otherwise that of the interface behind the default
    /// route.</summary>
    /// <returns>The address; null when there is no such interface.</returns>
    public static IPAddress? Advertised(IPAddress? bound)
    {
        bool isPrivate = bound is null
            || IPAddress.IsLoopback(bound)
            || bound.Equals(IPAddress.Any)
            || bound.Equals(IPAddress.IPv6Any);
        if (!isPrivate)
        {
            return bound;
        }

        bool first6 = bound?.AddressFamily == AddressFamily.InterNetworkV6;
        IEnumerable<(string Name, AddressFamily Family)> routes = first6
            ? [.. Default6(), .. Default4()]
            : [.. Default4(), .. Default6()];
        return routes.Select(route => AddressOf(route.Name, route.Family)).FirstOrDefault(
            address => address is not null);
    }

    /// <summary>Lines of <c>Iface Destination Gateway Flags …</c>; the default route's destination is zero.</summary>
    private static IEnumerable<(string, AddressFamily)> Default4() => Lines(Routes4).Skip(1)
        .Select(line => line.Split('\t', StringSplitOptions.TrimEntries))
        .Where(fields => fields.Length > 3 && fields[1] == "00000000" && IsUp(fields[3]))
        .Select(fields => (fields[0], AddressFamily.InterNetwork));

    /// <summary>Lines of ten fields: destination, its length, …, flags, interface.</summary>
    private static IEnumerable<(string, AddressFamily)> Default6() => Lines(Routes6)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length == 10 && fields[1] == "00" && fields[0].All(digit => digit == '0') && IsUp(fields[8]))
        .Select(fields => (fields[9], AddressFamily.InterNetworkV6));

    /// <summary>A route that is up (1) and leads through a gateway (2).</summary>
    private static bool IsUp(string flags) =>
        int.TryParse(flags, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int bits) && (bits & 3) == 3;

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private static IPAddress? AddressOf(string name, AddressFamily family) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(one => one.Name == name)
        .SelectMany(one => one.GetIPProperties().UnicastAddresses)
        .Select(one => one.Address)
        .FirstOrDefault(
            address => address.AddressFamily == family && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);
}
