using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Range of amounts that can be requested.</summary>
[ApiType("io.k8s.api.resource.v1.CapacityRequestPolicyRange")]
public sealed partial record CapacityRequestPolicyRange
{
    /// <summary>Least amount; smaller requests are rounded up to it.</summary>
    [Field(1, Required = true)]
    public partial Quantity? Min { get; init; }

    /// <summary>Greatest amount; devices cannot satisfy larger requests.</summary>
    [Field(2)]
    public partial Quantity? Max { get; init; }

    /// <summary>Increment from min; requests are rounded up to the next multiple.</summary>
    [Field(3)]
    public partial Quantity? Step { get; init; }
}
