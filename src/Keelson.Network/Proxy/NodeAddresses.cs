using System.Net;
using System.Net.NetworkInformation;
using Keelson.Api.Core.V1;

namespace Keelson.Network.Proxy;

/// <summary>The addresses of a node at which node ports are served.</summary>
internal static class NodeAddresses
{
    /// <summary>The word for the node object's own addresses.</summary>
    public const string Primary = "primary";

    /// <summary>Finds them.</summary>
    /// <param name="wanted">Ranges, or <see cref="Primary"/>.</param>
    /// <param name="node">The node; null while it is not known.</param>
    /// <param name="present">The addresses that the machine has.</param>
    public static IReadOnlyCollection<string> ForNodePorts(
        IReadOnlyList<string> wanted, Node? node, Func<IEnumerable<IPAddress>> present)
    {
        if (wanted.Count == 0 || (wanted.Count == 1 && wanted[0] == Primary))
        {
            return node is null
                ? []
                : [.. node.Status.Addresses.Where(static one => one.Type == "InternalIP")
                    .Select(static one => one.Address)];
        }

        List<AddressRange> ranges = [];
        foreach (string text in wanted)
        {
            if (AddressRange.TryParse(text, out AddressRange range) && range.PrefixLength > 0)
            {
                ranges.Add(range);
            }
        }

        return ranges.Count == 0
            ? []
            : [.. present().Where(one => ranges.Exists(range => range.Contains(one)))
                .Select(static one => one.ToString())];
    }

    /// <summary>The addresses that the machine has.</summary>
    public static IEnumerable<IPAddress> OfMachine() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
        .Select(static one => one.Address)
        .Where(static one => !one.IsIPv6LinkLocal)
        .Distinct();
}
