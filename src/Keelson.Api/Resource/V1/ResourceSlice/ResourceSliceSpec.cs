using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>
/// Contents of a slice; exactly one of nodeName, nodeSelector, allNodes and perDeviceNodeSelection is set.
/// </summary>
[ApiType("io.k8s.api.resource.v1.ResourceSliceSpec")]
public sealed partial record ResourceSliceSpec
{
    /// <summary>Name of the driver, a DNS subdomain. Immutable.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>Pool the slice belongs to.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ResourcePool Pool { get; init; }

    /// <summary>Node that has the devices. Immutable.</summary>
    [Field(3)]
    public partial string? NodeName { get; init; }

    /// <summary>Nodes that can use the devices, with a single term.</summary>
    [Field(4)]
    public partial NodeSelector? NodeSelector { get; init; }

    /// <summary>Whether all nodes can use the devices.</summary>
    [Field(5)]
    public partial bool? AllNodes { get; init; }

    /// <summary>
    /// The devices; at most 128, or 64 if taints or shared counters are used. Excludes sharedCounters.
    /// </summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<Device> Devices { get; init; }

    /// <summary>Whether each device names its nodes itself.</summary>
    [Field(7)]
    public partial bool? PerDeviceNodeSelection { get; init; }

    /// <summary>Sets of counters that devices of the pool share; at most 8. Excludes devices.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<CounterSet> SharedCounters { get; init; }
}
