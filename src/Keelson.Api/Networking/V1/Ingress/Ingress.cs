using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// Routes HTTP traffic from outside the cluster to services by host name and URL path, and can terminate TLS. Works
/// only if an ingress controller runs in the cluster.
/// </summary>
[ApiType("io.k8s.api.networking.v1.Ingress")]
[Kind(
    "networking.k8s.io",
    "v1",
    "ingresses",
    Singular = "ingress",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "ing",
    StoragePrefix = "ingress")]
public sealed partial record Ingress : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired routing: class, rules, TLS and default backend.</summary>
    [Field(2)]
    public partial IngressSpec Spec { get; init; }

    /// <summary>Observed state, chiefly the addresses of the load balancer.</summary>
    [Field(3)]
    public partial IngressStatus Status { get; init; }
}
