using Keelson.Api.Kinds;

namespace Keelson.Server.Discovery;

/// <summary>What hangs below the objects of each built-in resource.</summary>
internal static class SubresourceTable
{
    private const string Change = "get,patch,update";
    private const string Proxy = "create,delete,get,patch,update";
    private const string Connect = "create,get";

    /// <summary>
    /// Resource, subresource, kind (empty: the resource's own), the kind's group and version (empty: the resource's
    /// own), verbs. Sorted by group, resource and subresource.
    /// </summary>
    private static readonly (
        string Resource, string Name, string Kind, string Group, string Version, string Verbs)[] Rows =
    [
        ("namespaces", "finalize", "", "", "", "update"),
        ("namespaces", "status", "", "", "", Change),
        ("nodes", "proxy", "NodeProxyOptions", "", "", Proxy),
        ("nodes", "status", "", "", "", Change),
        ("persistentvolumeclaims", "status", "", "", "", Change),
        ("persistentvolumes", "status", "", "", "", Change),
        ("pods", "attach", "PodAttachOptions", "", "", Connect),
        ("pods", "binding", "Binding", "", "", "create"),
        ("pods", "ephemeralcontainers", "", "", "", Change),
        ("pods", "eviction", "Eviction", "policy", "v1", "create"),
        ("pods", "exec", "PodExecOptions", "", "", Connect),
        ("pods", "log", "", "", "", "get"),
        ("pods", "portforward", "PodPortForwardOptions", "", "", Connect),
        ("pods", "proxy", "PodProxyOptions", "", "", Proxy),
        ("pods", "resize", "", "", "", Change),
        ("pods", "status", "", "", "", Change),
        ("replicationcontrollers", "scale", "Scale", "autoscaling", "v1", Change),
        ("replicationcontrollers", "status", "", "", "", Change),
        ("resourcequotas", "status", "", "", "", Change),
        ("serviceaccounts", "token", "TokenRequest", "authentication.k8s.io", "v1", "create"),
        ("services", "proxy", "ServiceProxyOptions", "", "", Proxy),
        ("services", "status", "", "", "", Change),
        ("validatingadmissionpolicies.admissionregistration.k8s.io", "status", "", "", "", Change),
        ("customresourcedefinitions.apiextensions.k8s.io", "status", "", "", "", Change),
        ("apiservices.apiregistration.k8s.io", "status", "", "", "", Change),
        ("daemonsets.apps", "status", "", "", "", Change),
        ("deployments.apps", "scale", "Scale", "autoscaling", "v1", Change),
        ("deployments.apps", "status", "", "", "", Change),
        ("replicasets.apps", "scale", "Scale", "autoscaling", "v1", Change),
        ("replicasets.apps", "status", "", "", "", Change),
        ("statefulsets.apps", "scale", "Scale", "autoscaling", "v1", Change),
        ("statefulsets.apps", "status", "", "", "", Change),
        ("horizontalpodautoscalers.autoscaling", "status", "", "", "", Change),
        ("cronjobs.batch", "status", "", "", "", Change),
        ("jobs.batch", "status", "", "", "", Change),
        ("certificatesigningrequests.certificates.k8s.io", "approval", "", "", "", Change),
        ("certificatesigningrequests.certificates.k8s.io", "status", "", "", "", Change),
        ("flowschemas.flowcontrol.apiserver.k8s.io", "status", "", "", "", Change),
        ("prioritylevelconfigurations.flowcontrol.apiserver.k8s.io", "status", "", "", "", Change),
        ("ingresses.networking.k8s.io", "status", "", "", "", Change),
        ("servicecidrs.networking.k8s.io", "status", "", "", "", Change),
        ("poddisruptionbudgets.policy", "status", "", "", "", Change),
        ("resourceclaims.resource.k8s.io", "status", "", "", "", Change),
        ("volumeattachments.storage.k8s.io", "status", "", "", "", Change),
    ];

    private static readonly ILookup<string,
        (string Resource, string Name, string Kind, string Group, string Version, string Verbs)> ByResource =
        Rows.ToLookup(one => one.Resource, StringComparer.Ordinal);

    private static readonly HashSet<string> Names = new(Rows.Select(one => one.Name), StringComparer.Ordinal);

    /// <summary>True for the name of any subresource.</summary>
    public static bool IsKnown(string name) => Names.Contains(name);

    /// <summary>The subresources of a resource, sorted by name.</summary>
    public static IReadOnlyList<DiscoverySubresource> Of(KindInfo info) =>
    [
        .. ByResource[info.GroupResource].Select(one => new DiscoverySubresource(
            one.Name, one.Kind.Length == 0 ? info.Kind : one.Kind, one.Group, one.Version, one.Verbs.Split(','))),
    ];
}
