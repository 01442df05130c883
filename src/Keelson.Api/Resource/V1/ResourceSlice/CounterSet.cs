using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Named set of counters that devices of a pool share.</summary>
[ApiType("io.k8s.api.resource.v1.CounterSet")]
public sealed partial record CounterSet
{
    /// <summary>Name of the set, a DNS label unique in the pool.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Counters by name, at most 32.</summary>
    [Field(2, Required = true)]
    public partial ApiMap<Counter> Counters { get; init; }
}
