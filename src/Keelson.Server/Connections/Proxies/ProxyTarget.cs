using System.Net;
using System.Net.Sockets;
using Keelson.Api.Kinds;

namespace Keelson.Server.Connections.Proxies;

/// <summary>What a proxy path names: <c>name</c>, <c>name:port</c> or <c>scheme:name:port</c>.</summary>
/// <param name="Scheme"><c>http</c>, <c>https</c>, or empty.</param>
/// <param name="Name">The object.</param>
/// <param name="Port">A number, or for services a name; empty for the first.</param>
internal readonly record struct ProxyTarget(string Scheme, string Name, string Port)
{
    /// <summary>The scheme to use.</summary>
    public string SchemeOrHttp => Scheme.Length > 0 ? Scheme : "http";

    /// <summary>Takes a name of a path apart.</summary>
    /// <param name="what"><c>pod</c>, <c>service</c> or <c>node</c>, for the error.</param>
    /// <param name="id">The name.</param>
    public static ApiResult<ProxyTarget> Parse(string what, string id)
    {
        ProxyTarget? target = id.Split(':') switch
        {
            [var name] => new("", name, ""),
            [var name, var port] => new("", name, port),
            [var scheme, var name, var port] => new(scheme, name, port),
            _ => null,
        };
        return target is { Scheme: "" or "http" or "https", Name.Length: > 0 } known
            ? known
            : ApiErrors.BadRequest($"invalid {what} request {Keelson.Machinery.Validation.GoText.Quote(id)}");
    }

    /// <summary>Whether an address may be reached through a proxy: no loopback, link-local or multicast ones.</summary>
    public static bool IsAllowed(string address)
    {
        if (!IPAddress.TryParse(address, out IPAddress? ip))
        {
            return false;
        }

        ip = ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
        if (IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
            || ip.Equals(IPAddress.Broadcast))
        {
            return false;
        }

        byte[] bytes = ip.GetAddressBytes();
        return ip.AddressFamily == AddressFamily.InterNetworkV6
            ? !ip.IsIPv6LinkLocal && !ip.IsIPv6Multicast
            : bytes[0] is < 224 or > 239 && !(bytes[0] == 169 && bytes[1] == 254);
    }
}
