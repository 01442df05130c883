using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Destination of traffic: either a service or another resource, never both.</summary>
[ApiType("io.k8s.api.networking.v1.IngressBackend")]
public sealed partial record IngressBackend
{
    /// <summary>Service that receives the traffic. Excludes resource.</summary>
    [Field(4)]
    public partial IngressServiceBackend? Service { get; init; }

    /// <summary>
    /// Object in the ingress's own namespace, understood by the ingress controller, that receives the traffic, such
    /// as a storage bucket. Excludes service.
    /// </summary>
    [Field(3)]
    public partial TypedLocalObjectReference? Resource { get; init; }
}
