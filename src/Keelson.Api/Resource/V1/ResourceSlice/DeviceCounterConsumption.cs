using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>What a device takes from a set of shared counters.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceCounterConsumption")]
public sealed partial record DeviceCounterConsumption
{
    /// <summary>Name of the set.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string CounterSet { get; init; }

    /// <summary>Amounts taken, by counter; at most 32.</summary>
    [Field(2, Required = true)]
    public partial ApiMap<Counter> Counters { get; init; }
}
