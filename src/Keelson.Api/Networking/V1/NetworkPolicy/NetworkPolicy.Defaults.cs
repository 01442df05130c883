using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

public sealed partial record NetworkPolicy
{
    /// <inheritdoc/>
    public static NetworkPolicy SetDefaults(NetworkPolicy obj)
    {
        NetworkPolicySpec spec = obj.Spec;
        ApiList<NetworkPolicyIngressRule> ingress = spec.Ingress.Map(static rule =>
            rule.Ports.Map(SetDefaults) is var ports && ports == rule.Ports ? rule : rule with { Ports = ports });
        ApiList<NetworkPolicyEgressRule> egress = spec.Egress.Map(static rule =>
            rule.Ports.Map(SetDefaults) is var ports && ports == rule.Ports ? rule : rule with { Ports = ports });
        ApiList<string> types = spec.PolicyTypes.Count > 0 ? spec.PolicyTypes
            : spec.Egress.Count > 0 ? [PolicyType.Ingress, PolicyType.Egress]
            : [PolicyType.Ingress];
        return ingress == spec.Ingress && egress == spec.Egress && types == spec.PolicyTypes
            ? obj
            : obj with { Spec = spec with { Ingress = ingress, Egress = egress, PolicyTypes = types } };
    }

    private static NetworkPolicyPort SetDefaults(NetworkPolicyPort port) =>
        port.Protocol is null ? port with { Protocol = Core.V1.Protocol.TCP } : port;
}
