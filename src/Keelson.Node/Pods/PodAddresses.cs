using System.Net;
using System.Net.Sockets;

namespace Keelson.Nodes.Pods;

/// <summary>The addresses of pods as others are told of them.</summary>
internal static class PodAddresses
{
    /// <summary>One address of each family, that of the node's first address before the other, whatever the order in
    /// which a runtime has them.</summary>
    public static IReadOnlyList<string> InOrder(IReadOnlyList<string> ofPod, IReadOnlyList<string> ofNode)
    {
        if (ofPod.Count < 2)
        {
            return ofPod;
        }

        AddressFamily first = ofNode.Count > 0 ? FamilyOf(ofNode[0]) : AddressFamily.InterNetwork;
        string? primary = ofPod.FirstOrDefault(one => FamilyOf(one) == first);
        string? secondary = ofPod.FirstOrDefault(one => FamilyOf(one) != first);
        return [.. ((string?[])[primary, secondary]).OfType<string>()];
    }

    private static AddressFamily FamilyOf(string address) =>
        IPAddress.TryParse(address, out IPAddress? parsed) ? parsed.AddressFamily : AddressFamily.Unspecified;
}
