using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Outgoing traffic that is allowed: it must match both ports and to.</summary>
[ApiType("io.k8s.api.networking.v1.NetworkPolicyEgressRule")]
public sealed partial record NetworkPolicyEgressRule
{
    /// <summary>Destination ports allowed, any one of which suffices. If empty or missing, all ports.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<NetworkPolicyPort> Ports { get; init; }

    /// <summary>Destinations allowed, any one of which suffices. If empty or missing, all destinations.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<NetworkPolicyPeer> To { get; init; }
}
