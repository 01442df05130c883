using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Controller of an ingress class and its parameters.</summary>
[ApiType("io.k8s.api.networking.v1.IngressClassSpec")]
public sealed partial record IngressClassSpec
{
    /// <summary>
    /// Name of the controller that serves this class, as a domain-prefixed path such as example.com/ingress, at
    /// most 250 characters. Immutable.
    /// </summary>
    [Field(1)]
    public partial string Controller { get; init; }

    /// <summary>Object with further settings for the controller; leave unset if it needs none.</summary>
    [Field(2)]
    public partial IngressClassParametersReference? Parameters { get; init; }
}
