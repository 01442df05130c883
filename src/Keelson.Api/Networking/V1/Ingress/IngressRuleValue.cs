using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// Protocol-specific part of an ingress rule; only HTTP exists. Without it all traffic of the host goes to the
/// default backend.
/// </summary>
[ApiType("io.k8s.api.networking.v1.IngressRuleValue")]
public sealed partial record IngressRuleValue
{
    /// <summary>Paths of the host and their backends.</summary>
    [Field(1)]
    public partial HTTPIngressRuleValue? Http { get; init; }
}
