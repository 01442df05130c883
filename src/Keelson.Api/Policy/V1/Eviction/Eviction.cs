using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Policy.V1;

/// <summary>
/// Asks for a pod to be removed in an orderly way; refused while a disruption budget forbids it. Posted to the
/// eviction subresource of the pod.
/// </summary>
[ApiType("io.k8s.api.policy.v1.Eviction")]
[Kind("policy", "v1", "", Singular = "", Namespaced = true, Verbs = "create")]
public sealed partial record Eviction : IObject
{
    /// <summary>Names the pod to evict.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Options for the deletion, such as the grace period, preconditions or a dry run.</summary>
    [Field(2)]
    public partial DeleteOptions? DeleteOptions { get; init; }
}
