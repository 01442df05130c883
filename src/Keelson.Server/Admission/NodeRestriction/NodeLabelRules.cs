using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.NodeRestriction;

/// <summary>Which of its labels a node may not write itself, as they would draw work to it.</summary>
internal static class NodeLabelRules
{
    private const string RestrictedDomain = "node-restriction.kubernetes.io";

    private static readonly string[] KubernetesDomains = ["kubernetes.io", "k8s.io"];

    /// <summary>Domains that the kubelet's own options may set labels in.</summary>
    private static readonly string[] KubeletDomains = ["kubelet.kubernetes.io", "node.kubernetes.io"];

    private static readonly HashSet<string> KubeletLabels = new(StringComparer.Ordinal)
    {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
        "node.kubernetes.io/instance-type",
        "beta.kubernetes.io/instance-type",
        "kubernetes.io/os",
        "kubernetes.io/arch",
        "beta.kubernetes.io/os",
        "beta.kubernetes.io/arch",
        "node.kubernetes.io/windows-build",
    };

    /// <summary>The labels that differ and are not the node's to write, sorted.</summary>
    public static string[] Forbidden(ApiMap<string> now, ApiMap<string> old) =>
    [
        .. now.Keys.Union(old.Keys)
            .Where(key => now.GetValueOrDefault(key) != old.GetValueOrDefault(key) && IsForbidden(key))
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsForbidden(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string domain = slash < 0 ? "" : key[..slash];
        if (IsIn(domain, RestrictedDomain))
        {
            return true;
        }

        bool known = KubeletLabels.Contains(key) || KubeletDomains.Any(one => IsIn(domain, one));
        return !known && KubernetesDomains.Any(one => IsIn(domain, one));
    }

    private static bool IsIn(string domain, string parent) =>
        domain == parent || domain.EndsWith("." + parent, StringComparison.Ordinal);
}
