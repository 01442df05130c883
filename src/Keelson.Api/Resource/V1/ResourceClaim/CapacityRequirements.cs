using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Capacity wanted of a device.</summary>
[ApiType("io.k8s.api.resource.v1.CapacityRequirements")]
public sealed partial record CapacityRequirements
{
    /// <summary>Amounts wanted, by capacity name. The device must have at least that much left.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> Requests { get; init; }
}
