using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Tells which group of pods a pod is scheduled with. Exactly one field has to be set.</summary>
[ApiType("io.k8s.api.core.v1.PodSchedulingGroup")]
public sealed partial record PodSchedulingGroup
{
    /// <summary>
    /// Name of the PodGroup in the namespace of the pod. The members of the group are scheduled according to its
    /// policy, for instance all or none.
    /// </summary>
    [Field(1)]
    public partial string? PodGroupName { get; init; }
}
