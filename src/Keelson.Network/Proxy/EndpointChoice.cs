namespace Keelson.Network.Proxy;

/// <summary>Which endpoints a node sends the packets of a service's port to.</summary>
/// <param name="Cluster">Those for the traffic policy Cluster.</param>
/// <param name="Local">Those for the traffic policy Local.</param>
/// <param name="HasAny">True when some endpoint anywhere could answer.</param>
internal sealed record EndpointChoice(
    IReadOnlyList<ProxyEndpoint> Cluster, IReadOnlyList<ProxyEndpoint> Local, bool HasAny)
{
    /// <summary>Chooses.</summary>
    /// <param name="endpoints">All endpoints of the port.</param>
    /// <param name="node">The node.</param>
    public static EndpointChoice Of(IReadOnlyList<ProxyEndpoint> endpoints, ProxyNode node)
    {
        Func<ProxyEndpoint, bool> isMeant = HintFilter(endpoints, node);
        List<ProxyEndpoint> cluster = [.. endpoints.Where(one => one.IsReady && isMeant(one))];
        if (cluster.Count == 0)
        {
            cluster = [.. endpoints.Where(IsLeaving)];
        }

        List<ProxyEndpoint> local = [.. endpoints.Where(static one => one.IsReady && one.IsLocal)];
        if (local.Count == 0)
        {
            local = [.. endpoints.Where(static one => one.IsLocal && IsLeaving(one))];
        }

        return new(cluster, local, cluster.Count > 0 || endpoints.Any(static one => one.IsReady || IsLeaving(one)));
    }

    private static bool IsLeaving(ProxyEndpoint endpoint) => endpoint is { IsServing: true, IsTerminating: true };

    /// <summary>
    /// Hints count when every ready endpoint has one and some endpoint is meant for this node; else they are of no use
    /// and all endpoints are taken.
    /// </summary>
    private static Func<ProxyEndpoint, bool> HintFilter(IReadOnlyList<ProxyEndpoint> endpoints, ProxyNode node)
    {
        bool allHaveNodes = true;
        bool allHaveZones = true;
        bool forNode = false;
        bool forZone = false;
        foreach (ProxyEndpoint one in endpoints.Where(static one => one.IsReady))
        {
            allHaveNodes &= one.Nodes.Count > 0;
            allHaveZones &= one.Zones.Count > 0;
            forNode |= one.Nodes.Contains(node.Name);
            forZone |= node.Zone.Length > 0 && one.Zones.Contains(node.Zone);
        }

        if (allHaveNodes && forNode)
        {
            return one => one.Nodes.Contains(node.Name);
        }

        return allHaveZones && forZone ? one => one.Zones.Contains(node.Zone) : static _ => true;
    }
}
