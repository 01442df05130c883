using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

/// <summary>Other end of allowed traffic: pods, namespaces or an address range.</summary>
[ApiType("io.k8s.api.networking.v1.NetworkPolicyPeer")]
public sealed partial record NetworkPolicyPeer
{
    /// <summary>
    /// Pods by label; empty selects all. With namespaceSelector, pods in the namespaces it selects; alone, pods in
    /// the policy's own namespace.
    /// </summary>
    [Field(1)]
    public partial LabelSelector? PodSelector { get; init; }

    /// <summary>
    /// Namespaces by label; empty selects all. With podSelector, only the pods that match it in those namespaces;
    /// alone, every pod in them.
    /// </summary>
    [Field(2)]
    public partial LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Range of addresses. Excludes both selectors.</summary>
    [Field(3)]
    public partial IPBlock? IpBlock { get; init; }
}
