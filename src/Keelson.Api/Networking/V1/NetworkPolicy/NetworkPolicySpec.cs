using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Pods a network policy applies to and the traffic it allows.</summary>
[ApiType("io.k8s.api.networking.v1.NetworkPolicySpec")]
public sealed partial record NetworkPolicySpec
{
    /// <summary>
    /// Pods of the policy's namespace that it applies to; an empty selector means all of them. What several
    /// policies allow for a pod adds up.
    /// </summary>
    [Field(1, Always = true)]
    public partial LabelSelector PodSelector { get; init; }

    /// <summary>
    /// Incoming traffic that is allowed; a connection needs to match one rule of this or another policy for the
    /// pod. If the list is empty and the policy covers ingress, it allows nothing. Traffic from a pod's own node
    /// always passes.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<NetworkPolicyIngressRule> Ingress { get; init; }

    /// <summary>
    /// Outgoing traffic that is allowed; a connection needs to match one rule of this or another policy for the
    /// pod. If the list is empty and the policy covers egress, it allows nothing.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<NetworkPolicyEgressRule> Egress { get; init; }

    /// <summary>
    /// Directions the policy covers: Ingress, Egress or both. If not given, Ingress is covered always and Egress
    /// only if there are egress rules; to deny all outgoing traffic, list Egress explicitly.
    /// </summary>
    [Field(4, Enum = typeof(PolicyType), List = ListType.Atomic)]
    public partial ApiList<string> PolicyTypes { get; init; }
}
