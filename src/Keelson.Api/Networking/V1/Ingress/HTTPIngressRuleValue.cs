using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>HTTP part of an ingress rule: paths and the backends they lead to.</summary>
[ApiType("io.k8s.api.networking.v1.HTTPIngressRuleValue")]
public sealed partial record HTTPIngressRuleValue
{
    /// <summary>
    /// Paths with their backends; at least one. If several match, the longest wins, and an exact match comes before
    /// a prefix.
    /// </summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<HTTPIngressPath> Paths { get; init; }
}
