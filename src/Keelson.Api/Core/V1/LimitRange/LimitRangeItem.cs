using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Bounds for one kind of objects.</summary>
[ApiType("io.k8s.api.core.v1.LimitRangeItem")]
public sealed partial record LimitRangeItem
{
    /// <summary>What is bounded: Container, Pod or PersistentVolumeClaim.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.LimitType")]
    public partial string Type { get; init; }

    /// <summary>Largest amount per resource.</summary>
    [Field(2)]
    public partial ApiMap<Quantity> Max { get; init; }

    /// <summary>Least amount per resource.</summary>
    [Field(3)]
    public partial ApiMap<Quantity> Min { get; init; }

    /// <summary>Limit for containers that state none.</summary>
    [Field(4)]
    public partial ApiMap<Quantity> Default { get; init; }

    /// <summary>Request for containers that state none.</summary>
    [Field(5)]
    public partial ApiMap<Quantity> DefaultRequest { get; init; }

    /// <summary>Largest permitted quotient of limit and request per resource.</summary>
    [Field(6)]
    public partial ApiMap<Quantity> MaxLimitRequestRatio { get; init; }
}
