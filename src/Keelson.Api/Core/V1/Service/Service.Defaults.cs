using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Service
{
    /// <summary>Clients stick to an endpoint for three hours unless told otherwise.</summary>
    private const int DefaultAffinitySeconds = 3 * 60 * 60;

    private static readonly SessionAffinityConfig DefaultAffinity = SessionAffinityConfig.Empty with
    {
        ClientIP = ClientIPConfig.Empty with { TimeoutSeconds = DefaultAffinitySeconds },
    };

    /// <summary>Type, session affinity, traffic policies and the ports' protocols and targets.</summary>
    public static Service SetDefaults(Service obj)
    {
        ServiceSpec spec = SetAffinityDefaults(obj.Spec);
        spec = spec with
        {
            Type = spec.Type.Length == 0 ? ServiceType.ClusterIP : spec.Type,
            Ports = spec.Ports.Map(SetDefaults),
        };
        if (spec.ExternalTrafficPolicy.Length == 0 && ServiceTypes.IsExternallyAccessible(spec))
        {
            spec = spec with { ExternalTrafficPolicy = ServiceExternalTrafficPolicy.Cluster };
        }

        if (spec is { InternalTrafficPolicy: null, Type: ServiceType.NodePort or ServiceType.LoadBalancer or ServiceType.ClusterIP })
        {
            spec = spec with { InternalTrafficPolicy = ServiceInternalTrafficPolicy.Cluster };
        }

        if (spec.Type != ServiceType.LoadBalancer)
        {
            return obj with { Spec = spec };
        }

        ApiList<LoadBalancerIngress> ingress = obj.Status.LoadBalancer.Ingress.Map(static one =>
            one.Ip.Length > 0 && one.IpMode is null ? one with { IpMode = LoadBalancerIPMode.VIP } : one);
        return obj with
        {
            Spec = spec with { AllocateLoadBalancerNodePorts = spec.AllocateLoadBalancerNodePorts ?? true },
            Status = obj.Status with { LoadBalancer = obj.Status.LoadBalancer with { Ingress = ingress } },
        };
    }

    private static ServiceSpec SetAffinityDefaults(ServiceSpec spec)
    {
        if (spec.SessionAffinity.Length == 0)
        {
            spec = spec with { SessionAffinity = ServiceAffinity.None };
        }

        return spec.SessionAffinity switch
        {
            ServiceAffinity.None when spec.SessionAffinityConfig is not null => spec with { SessionAffinityConfig = null },
            ServiceAffinity.ClientIP when spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds is null =>
                spec with { SessionAffinityConfig = DefaultAffinity },
            _ => spec,
        };
    }

    private static ServicePort SetDefaults(ServicePort port)
    {
        bool noTarget = port.TargetPort.IsText ? port.TargetPort.Text.Length == 0 : port.TargetPort.Number == 0;
        return port.Protocol.Length > 0 && !noTarget ? port : port with
        {
            Protocol = port.Protocol.Length == 0 ? Protocol.TCP : port.Protocol,
            TargetPort = noTarget ? port.Port : port.TargetPort,
        };
    }
}
