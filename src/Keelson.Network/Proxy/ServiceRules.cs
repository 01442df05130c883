using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>A service and what stands behind it.</summary>
internal sealed record ServiceSnapshot(Service Service, IReadOnlyList<EndpointSlice> Slices);

/// <summary>Where UDP packets of a service's port come in, and where they may go: what connection tracking remembers of
/// other places is stale.</summary>
/// <param name="Addresses">The addresses they are sent to; with <see cref="Port"/>.</param>
/// <param name="Port">The port.</param>
/// <param name="NodePort">The node port; 0 without one.</param>
/// <param name="Endpoints">The addresses of endpoints.</param>
internal sealed record UdpFlow(IReadOnlyList<string> Addresses, int Port, int NodePort,
    IReadOnlyList<string> Endpoints);

/// <summary>What one service needs of a table.</summary>
internal sealed record ServiceRules
{
    /// <summary>What a service needs that proxies have nothing to do with.</summary>
    public static ServiceRules None { get; } = new();

    /// <summary>What it needs of the table.</summary>
    public NftNeeds Needs { get; init; } = NftNeeds.None;

    /// <summary>The places of endpoints in maps, by list.</summary>
    public IReadOnlyDictionary<string, string[]> Orders { get; init; } = new Dictionary<string, string[]>();

    public IReadOnlyList<UdpFlow> UdpFlows { get; init; } = [];

    /// <summary>Ports with the traffic policy Local whose endpoints are all on other nodes.</summary>
    public (int Internal, int External) Lacking { get; init; }

    /// <summary>True for services that proxies see to.</summary>
    public static bool Concern(Service service) =>
        service.Spec.Type != "ExternalName"
        && service.Spec.ClusterIP.Length > 0
        && service.Spec.ClusterIP != "None"
        && !service.Metadata.Labels.ContainsKey("service.kubernetes.io/service-proxy-name")
        && !service.Metadata.Labels.ContainsKey("service.kubernetes.io/headless");

    /// <summary>Decides what a service needs. Pure.</summary>
    /// <param name="snapshot">The service; null when it is gone.</param>
    /// <param name="family">The family of the table.</param>
    /// <param name="node">The node.</param>
    /// <param name="chains">The chains of the table.</param>
    /// <param name="previous">What the service needed before.</param>
    public static ServiceRules Compute(
        ServiceSnapshot? snapshot, NftFamily family, ProxyNode node, ProxyChains chains, ServiceRules previous)
    {
        if (snapshot is null || !Concern(snapshot.Service))
        {
            return None;
        }

        ServiceRulesBuilder builder = new(snapshot.Service, family, chains, previous.Orders);
        foreach (ServicePort port in snapshot.Service.Spec.Ports)
        {
            builder.Add(port, ProxyEndpoints.Of(port, snapshot.Slices, family.Family, node), node);
        }

        return builder.Build();
    }
}
