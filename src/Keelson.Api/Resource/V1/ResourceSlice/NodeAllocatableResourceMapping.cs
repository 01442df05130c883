using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>How the amount of a node resource a device draws on is computed.</summary>
[ApiType("io.k8s.api.resource.v1.NodeAllocatableResourceMapping")]
public sealed partial record NodeAllocatableResourceMapping
{
    /// <summary>Capacity of the device that gives the amount.</summary>
    [Field(1, GoType = "v1.QualifiedName")]
    public partial string? CapacityKey { get; init; }

    /// <summary>Factor applied to the capacity, or the amount per device if no capacity is named.</summary>
    [Field(2)]
    public partial Quantity? AllocationMultiplier { get; init; }
}
