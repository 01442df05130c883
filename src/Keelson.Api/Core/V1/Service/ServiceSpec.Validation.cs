using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on services.</summary>
internal static partial class ServiceRules
{
    public const string PreferClose = "PreferClose";

    private const string TopologyHints = "service.kubernetes.io/topology-aware-hints";
    private const string TopologyMode = "service.kubernetes.io/topology-mode";
    private const string SourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private const string OnlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";

    /// <summary>A day.</summary>
    private const int MaxAffinitySeconds = 86400;

    private static readonly FieldPath Spec = FieldPath.Of("spec");

    /// <summary>Validates a service; <paramref name="old"/> excuses odd forms of addresses that are stored already.</summary>
    public static void Validate(Service obj, Service? old, FieldErrors errors)
    {
        ServiceSpec spec = obj.Spec;
        ValidateTopologyAnnotations(obj.Metadata.Annotations, errors);
        if (spec.Ports.Count == 0 && !ServiceTypes.IsHeadless(spec) && spec.Type != ServiceType.ExternalName)
        {
            errors.Required(Spec.Child("ports"), "");
        }

        ValidateByType(spec, errors);
        ServicePortRules.Validate(spec, Spec.Child("ports"), errors);
        ObjectMetaRules.ValidateLabels(spec.Selector, Spec.Child("selector"), errors);
        ValidateAffinity(spec, errors);
        ValidateClusterIPs(spec, old?.Spec.ClusterIPs ?? default, errors);
        ValidateExternalIPs(spec.ExternalIPs, old?.Spec.ExternalIPs ?? default, errors);
        ValidateType(spec.Type, errors);
        ServicePortRules.ValidateNumbers(spec, Spec.Child("ports"), errors);
        ValidateSourceRanges(obj, old, errors);
        ValidateLoadBalancerFields(spec, errors);
        ValidateTrafficPolicies(spec, errors);
    }

    private static void ValidateTopologyAnnotations(ApiMap<string> annotations, FieldErrors errors)
    {
        if (annotations.TryGetValue(TopologyMode, out string? mode)
            && annotations.TryGetValue(TopologyHints, out string? hints) && mode != hints)
        {
            errors.Invalid(
                ObjectMetaRules.Path.Child("annotations").Key(TopologyMode),
                mode,
                $"must match annotations[{TopologyHints}] when both are specified");
        }
    }

    private static void ValidateByType(ServiceSpec spec, FieldErrors errors)
    {
        if (spec.Type is ServiceType.LoadBalancer or ServiceType.NodePort && ServiceTypes.IsHeadless(spec))
        {
            errors.Invalid(Spec.Child("clusterIPs").Index(0), spec.ClusterIPs[0], $"may not be set to 'None' for {spec.Type} services");
        }

        if (spec.Type != ServiceType.ExternalName)
        {
            return;
        }

        const string notForExternalNames = "may not be set for ExternalName services";
        if (spec.ClusterIPs.Count > 0)
        {
            errors.Forbidden(Spec.Child("clusterIPs"), notForExternalNames);
        }

        if (spec.IpFamilies.Count > 0)
        {
            errors.Forbidden(Spec.Child("ipFamilies"), notForExternalNames);
        }

        if (spec.IpFamilyPolicy is not null)
        {
            errors.Forbidden(Spec.Child("ipFamilyPolicy"), notForExternalNames);
        }

        // A dot at the end says that the name is complete.
        string name = spec.ExternalName.EndsWith('.') ? spec.ExternalName[..^1] : spec.ExternalName;
        if (name.Length == 0)
        {
            errors.Required(Spec.Child("externalName"), "");
        }
        else
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(name), Spec, "externalName", name);
        }
    }

    private static void ValidateType(string type, FieldErrors errors)
    {
        if (type.Length == 0)
        {
            errors.Required(Spec.Child("type"), "");
        }
        else if (type is not (ServiceType.ClusterIP or ServiceType.ExternalName or ServiceType.LoadBalancer or ServiceType.NodePort))
        {
            errors.NotSupported(
                Spec.Child("type"), type, ServiceType.ClusterIP, ServiceType.ExternalName, ServiceType.LoadBalancer, ServiceType.NodePort);
        }
    }

    private static void ValidateAffinity(ServiceSpec spec, FieldErrors errors)
    {
        FieldPath path = Spec.Child("sessionAffinityConfig");
        switch (spec.SessionAffinity)
        {
            case "":
                errors.Required(Spec.Child("sessionAffinity"), "");
                break;
            case ServiceAffinity.None:
                if (spec.SessionAffinityConfig is not null)
                {
                    errors.Forbidden(path, "must not be set when session affinity is None");
                }

                break;
            case ServiceAffinity.ClientIP:
                ValidateAffinityConfig(spec.SessionAffinityConfig, path, errors);
                break;
            default:
                errors.NotSupported(Spec.Child("sessionAffinity"), spec.SessionAffinity, ServiceAffinity.ClientIP, ServiceAffinity.None);
                break;
        }
    }

    private static void ValidateAffinityConfig(SessionAffinityConfig? config, FieldPath path, FieldErrors errors)
    {
        const string needed = "when session affinity type is ClientIP";
        if (config is null)
        {
            errors.Required(path, needed);
        }
        else if (config.ClientIP is null)
        {
            errors.Required(path.Child("clientIP"), needed);
        }
        else if (config.ClientIP.TimeoutSeconds is not { } seconds)
        {
            errors.Required(path.Child("clientIP").Child("timeoutSeconds"), needed);
        }
        else if (seconds is <= 0 or > MaxAffinitySeconds)
        {
            errors.Invalid(path.Child("clientIP").Child("timeoutSeconds"), seconds, $"must be greater than 0 and less than {MaxAffinitySeconds}");
        }
    }

    private static void ValidateExternalIPs(ApiList<string> addresses, ApiList<string> stored, FieldErrors errors)
    {
        for (int i = 0; i < addresses.Count; i++)
        {
            FieldPath path = Spec.Child("externalIPs").Index(i);
            int before = errors.Count;
            if (!stored.AsSpan().Contains(addresses[i]))
            {
                errors.Invalid(ContentRules.IpAddress(addresses[i]), path, addresses[i]);
            }

            if (errors.Count == before)
            {
                AddressRules.ValidateNonSpecial(addresses[i], path, errors);
            }
        }
    }

    private static void ValidateSourceRanges(Service obj, Service? old, FieldErrors errors)
    {
        bool balanced = obj.Spec.Type == ServiceType.LoadBalancer;
        if (obj.Spec.LoadBalancerSourceRanges.Count > 0)
        {
            FieldPath path = Spec.Child("LoadBalancerSourceRanges");
            if (!balanced)
            {
                errors.Forbidden(path, OnlyLoadBalancer);
            }

            for (int i = 0; i < obj.Spec.LoadBalancerSourceRanges.Count; i++)
            {
                string range = obj.Spec.LoadBalancerSourceRanges[i];
                if (old is null || !old.Spec.LoadBalancerSourceRanges.AsSpan().Contains(range))
                {
                    errors.Invalid(ContentRules.Cidr(range.Trim()), path.Index(i), range.Trim());
                }
            }

            return;
        }

        if (!obj.Metadata.Annotations.TryGetValue(SourceRangesAnnotation, out string? annotation))
        {
            return;
        }

        FieldPath at = ObjectMetaRules.Path.Child("annotations").Key(SourceRangesAnnotation);
        if (!balanced)
        {
            errors.Forbidden(at, OnlyLoadBalancer);
        }

        bool unchanged = old is not null && old.Metadata.Annotations.GetValueOrDefault(SourceRangesAnnotation) == annotation;
        foreach (string range in annotation.Trim().Length == 0 || unchanged ? [] : annotation.Trim().Split(','))
        {
            errors.Invalid(ContentRules.Cidr(range.Trim()), at, range.Trim());
        }
    }

    private static void ValidateLoadBalancerFields(ServiceSpec spec, FieldErrors errors)
    {
        bool balanced = spec.Type == ServiceType.LoadBalancer;
        if (!balanced && spec.AllocateLoadBalancerNodePorts is not null)
        {
            errors.Forbidden(Spec.Child("allocateLoadBalancerNodePorts"), OnlyLoadBalancer);
        }

        if (balanced && spec.AllocateLoadBalancerNodePorts is null)
        {
            errors.Required(FieldPath.Of("allocateLoadBalancerNodePorts"), "");
        }

        ValidateLoadBalancerClass(spec, errors);
    }

    private static void ValidateLoadBalancerClass(ServiceSpec spec, FieldErrors errors)
    {
        if (spec.LoadBalancerClass is not { } name)
        {
            return;
        }

        if (spec.Type == ServiceType.LoadBalancer)
        {
            errors.Invalid(ContentRules.QualifiedName(name), Spec, "loadBalancerClass", name);
        }
        else
        {
            errors.Forbidden(Spec.Child("loadBalancerClass"), OnlyLoadBalancer);
        }
    }

    private static void ValidateTrafficPolicies(ServiceSpec spec, FieldErrors errors)
    {
        ValidateExternalTrafficPolicy(spec, Spec.Child("externalTrafficPolicy"), errors);
        ValidateHealthCheckPort(spec, Spec.Child("healthCheckNodePort"), errors);
        FieldPath path = Spec.Child("internalTrafficPolicy");
        if (spec is { InternalTrafficPolicy: null, Type: ServiceType.NodePort or ServiceType.LoadBalancer or ServiceType.ClusterIP })
        {
            errors.Required(path, "");
        }

        if (spec.InternalTrafficPolicy is not (null or ServiceInternalTrafficPolicy.Cluster or ServiceInternalTrafficPolicy.Local))
        {
            errors.NotSupported(path, spec.InternalTrafficPolicy, ServiceInternalTrafficPolicy.Cluster, ServiceInternalTrafficPolicy.Local);
        }

        const string sameZone = "PreferSameZone";
        const string sameNode = "PreferSameNode";
        if (spec.TrafficDistribution is not (null or PreferClose or sameZone or sameNode))
        {
            errors.NotSupported(Spec.Child("trafficDistribution"), spec.TrafficDistribution, PreferClose, sameZone, sameNode);
        }
    }

    private static void ValidateExternalTrafficPolicy(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        string policy = spec.ExternalTrafficPolicy;
        if (!ServiceTypes.IsExternallyAccessible(spec))
        {
            if (policy.Length > 0)
            {
                errors.Invalid(path, policy, "may only be set for externally-accessible services");
            }
        }
        else if (policy.Length == 0)
        {
            errors.Required(path, "");
        }
        else if (policy is not (ServiceExternalTrafficPolicy.Cluster or ServiceExternalTrafficPolicy.Local))
        {
            errors.NotSupported(path, policy, ServiceExternalTrafficPolicy.Cluster, ServiceExternalTrafficPolicy.Local);
        }
    }

    private static void ValidateHealthCheckPort(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        int port = spec.HealthCheckNodePort;
        if (ServiceTypes.NeedsHealthCheck(spec))
        {
            if (port == 0)
            {
                errors.Required(path, "");
            }
            else
            {
                errors.Invalid(ContentRules.PortNumber(port), path, port);
            }
        }
        else if (port != 0)
        {
            errors.Invalid(path, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
    }
}
