using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>
/// The server allocates what is missing (addresses, node ports, the health check port) between the preparation of a write
/// and its validation.
/// </summary>
public sealed partial record Service
{
    private const string TopologyHintsAnnotation = "service.kubernetes.io/topology-aware-hints";
    private const string TopologyModeAnnotation = "service.kubernetes.io/topology-mode";

    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Service>> SelectableFields { get; } =
    [
        new("spec.clusterIP", obj => obj.Spec.ClusterIP),
        new("spec.type", obj => obj.Spec.Type),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<Service>> Subresources { get; } =
    [
        new("status", static (obj, old, _) => obj with { Spec = old.Spec }, ValidateStatusUpdate, ["spec"])
        {
            Warnings = static obj => ContentRules.IpWarnings(
                obj.Status.LoadBalancer.Ingress.Select(static one => one.Ip),
                static i => FieldPath.Of("status").Child("loadBalancer").Child("ingress").Index(i)),
        },
    ];

    /// <inheritdoc/>
    public static Service PrepareForCreate(Service obj, WriteContext context) =>
        obj with { Spec = ServiceTransition.SyncClusterIPs(obj.Spec, null), Status = ServiceStatus.Empty };

    /// <inheritdoc/>
    public static Service PrepareForUpdate(Service obj, Service old, WriteContext context)
    {
        ServiceSpec spec = ServiceTransition.KeepAllocated(obj.Spec, old.Spec);
        spec = ServiceTransition.SyncClusterIPs(spec, old.Spec);
        ServiceStatus status = spec.Type == ServiceType.LoadBalancer ? old.Status : old.Status with { LoadBalancer = LoadBalancerStatus.Empty };
        return obj with { Spec = ServiceTransition.DropUnused(spec, old.Spec), Status = status };
    }

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.DnsLabel(name, isPrefix);

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(Service obj, Service? old)
    {
        ServiceSpec spec = obj.Spec;
        List<string> warnings = [];
        if (obj.Metadata.Annotations.ContainsKey(TopologyHintsAnnotation))
        {
            warnings.Add($"annotation {TopologyHintsAnnotation} is deprecated, please use {TopologyModeAnnotation} instead");
        }

        bool headless = spec.Type == ServiceType.ClusterIP && spec.ClusterIP == ServiceTypes.Headless;
        WarnOfAddresses(spec, headless, warnings);
        if (spec.Type == ServiceType.ExternalName && spec.ExternalIPs.Count > 0)
        {
            warnings.Add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        }

        if (spec.Type != ServiceType.ExternalName && spec.ExternalName.Length > 0)
        {
            warnings.Add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        }

        if (spec.TrafficDistribution == ServiceRules.PreferClose)
        {
            warnings.Add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
        }

        return warnings;
    }

    private static void WarnOfAddresses(ServiceSpec spec, bool headless, List<string> warnings)
    {
        FieldPath path = FieldPath.Of("spec");
        for (int i = 0; i < spec.ClusterIPs.Count && spec.ClusterIP is not ("" or ServiceTypes.Headless); i++)
        {
            Add(ContentRules.IpWarning(path.Child("clusterIPs").Index(i), spec.ClusterIPs[i]));
        }

        if (headless && spec.LoadBalancerIP.Length > 0)
        {
            warnings.Add("spec.loadBalancerIP is ignored for headless services");
        }

        if (headless && spec.ExternalIPs.Count > 0)
        {
            warnings.Add("spec.externalIPs is ignored for headless services");
        }

        if (headless && spec.SessionAffinity != ServiceAffinity.None)
        {
            warnings.Add("spec.SessionAffinity is ignored for headless services");
        }

        for (int i = 0; i < spec.ExternalIPs.Count; i++)
        {
            Add(ContentRules.IpWarning(path.Child("externalIPs").Index(i), spec.ExternalIPs[i]));
        }

        if (spec.ExternalIPs.Count > 0 && !headless && spec.Type != ServiceType.ExternalName)
        {
            warnings.Add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
        }

        if (spec.LoadBalancerIP.Length > 0)
        {
            Add(ContentRules.IpWarning(path.Child("loadBalancerIP"), spec.LoadBalancerIP));
        }

        for (int i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            warnings.AddRange(ContentRules.CidrWarnings(path.Child("loadBalancerSourceRanges").Index(i), spec.LoadBalancerSourceRanges[i]));
        }

        void Add(string? warning)
        {
            if (warning is not null)
            {
                warnings.Add(warning);
            }
        }
    }
}
