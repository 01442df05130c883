using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>Where a node's kubelet listens, and what it can.</summary>
/// <param name="Host">The address.</param>
/// <param name="Port">The port.</param>
/// <param name="TakesWebSockets">Whether it takes WebSockets of all versions, so that they need no translation.</param>
internal sealed record KubeletAddress(string Host, string Port, bool TakesWebSockets);

/// <summary>Finds kubelets by what their nodes' status says.</summary>
internal sealed class KubeletLocator(IObjectLookup lookup, KubeletConfig config)
{
    /// <summary>What nodes declare that take WebSockets.</summary>
    private const string WebSocketFeature = "ExtendWebSocketsToKubelet";

    /// <summary>The port of kubelets whose node does not tell it.</summary>
    private const int DefaultPort = 10250;

    /// <summary>Where the kubelet of a node is.</summary>
    public ApiResult<KubeletAddress> Find(string nodeName)
    {
        if (lookup.Find<Node>("", nodeName) is not { } node)
        {
            return ApiErrors.NotFound(Node.Info, nodeName);
        }

        foreach (string type in config.PreferredAddressTypes)
        {
            if (node.Status.Addresses.FirstOrDefault(one => one.Type == type) is { } address)
            {
                int port = node.Status.DaemonEndpoints.KubeletEndpoint.Port;
                port = port > 0 ? port : DefaultPort;
                bool takesWebSockets = node.Status.DeclaredFeatures.Contains(WebSocketFeature);
                string text = port.ToString(CultureInfo.InvariantCulture);
                return new KubeletAddress(address.Address, text, takesWebSockets);
            }
        }

        string known = string.Join(' ', node.Status.Addresses.Select(one => $"{{{one.Type} {one.Address}}}"));
        return ApiErrors.Unclassified($"no preferred addresses found; known addresses: [{known}]");
    }
}
