using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Incoming traffic that is allowed: it must match both ports and from.</summary>
[ApiType("io.k8s.api.networking.v1.NetworkPolicyIngressRule")]
public sealed partial record NetworkPolicyIngressRule
{
    /// <summary>
    /// Ports of the selected pods that may be reached, any one of which suffices. If empty or missing, all ports.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<NetworkPolicyPort> Ports { get; init; }

    /// <summary>Sources allowed, any one of which suffices. If empty or missing, all sources.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<NetworkPolicyPeer> From { get; init; }
}
