using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Desired routing of an ingress.</summary>
[ApiType("io.k8s.api.networking.v1.IngressSpec")]
public sealed partial record IngressSpec
{
    /// <summary>
    /// Name of the IngressClass, and so of the controller, that should serve this ingress. If not set, the
    /// cluster's default class, if there is one, is filled in when the ingress is created.
    /// </summary>
    [Field(4)]
    public partial string? IngressClassName { get; init; }

    /// <summary>
    /// Where requests go that no rule matches. Required if there are no rules; otherwise, if not set, the ingress
    /// controller decides.
    /// </summary>
    [Field(1)]
    public partial IngressBackend? DefaultBackend { get; init; }

    /// <summary>
    /// Certificates for TLS on port 443. Entries with different hosts share the port and are told apart by the
    /// server name the client sends (SNI), if the controller supports it.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<IngressTLS> Tls { get; init; }

    /// <summary>
    /// Rules by host. A request that none matches, or any request if there are no rules, goes to the default
    /// backend.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<IngressRule> Rules { get; init; }
}
