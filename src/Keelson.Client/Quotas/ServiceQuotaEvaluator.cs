using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Client.Quotas;

/// <summary>Services: their count, the load balancers and the node ports.</summary>
internal sealed class ServiceQuotaEvaluator(KindInfo kind) : QuotaEvaluator(kind)
{
    private const string LoadBalancers = "services.loadbalancers";
    private const string NodePorts = "services.nodeports";

    public override bool Handles(bool isCreate, string subresource) =>
        subresource.Length == 0;

    public override bool Measures(string name) => name is LoadBalancers or NodePorts || base.Measures(name);

    public override QuotaAmounts Usage(IObject obj)
    {
        QuotaAmounts usage = base.Usage(obj);
        ServiceSpec spec = ((Service)obj).Spec;
        bool balanced = spec.Type == "LoadBalancer";
        int ports = balanced && spec.AllocateLoadBalancerNodePorts == false
            ? spec.Ports.Count(port => port.NodePort != 0)
            : balanced || spec.Type == "NodePort" ? spec.Ports.Count : 0;
        usage[LoadBalancers] = Quantity.FromValue(balanced ? 1 : 0);
        usage[NodePorts] = Quantity.FromValue(ports);
        return usage;
    }
}
