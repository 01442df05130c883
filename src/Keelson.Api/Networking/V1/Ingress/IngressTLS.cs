using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>One certificate and the hosts it is for.</summary>
[ApiType("io.k8s.api.networking.v1.IngressTLS")]
public sealed partial record IngressTLS
{
    /// <summary>
    /// Host names the certificate covers; they must match names in it. If empty, the ingress controller's setting
    /// for all hosts applies.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> Hosts { get; init; }

    /// <summary>
    /// Secret, in the same namespace, with the certificate and key. May be left out when TLS is routed by server
    /// name only.
    /// </summary>
    [Field(2)]
    public partial string SecretName { get; init; }
}
