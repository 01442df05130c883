using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A named obstacle to scheduling, removed by the controller that owns it.</summary>
[ApiType("io.k8s.api.core.v1.PodSchedulingGate")]
public sealed partial record PodSchedulingGate
{
    /// <summary>Name of the gate, unique within the pod; a qualified name.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }
}
