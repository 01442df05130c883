using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// Says which traffic may reach or leave a set of pods. Pods without any policy accept everything; once a policy
/// selects a pod, only what some policy allows passes in the directions covered. Needs a network plugin that
/// enforces policies.
/// </summary>
[ApiType("io.k8s.api.networking.v1.NetworkPolicy")]
[Kind(
    "networking.k8s.io",
    "v1",
    "networkpolicies",
    Singular = "networkpolicy",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "netpol",
    StoragePrefix = "networkpolicies")]
public sealed partial record NetworkPolicy : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Pods the policy applies to and the traffic it allows.</summary>
    [Field(2)]
    public partial NetworkPolicySpec Spec { get; init; }
}
