using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>One device offered by a driver, with what distinguishes it.</summary>
[ApiType("io.k8s.api.resource.v1.Device")]
public sealed partial record Device
{
    /// <summary>Name of the device, a DNS label unique in the pool.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Attributes by name, for selection; with capacities at most 32.</summary>
    [Field(2)]
    public partial ApiMap<DeviceAttribute> Attributes { get; init; }

    /// <summary>Capacities by name; with attributes at most 32.</summary>
    [Field(3)]
    public partial ApiMap<DeviceCapacity> Capacity { get; init; }

    /// <summary>What the device takes from shared counters when allocated; at most 2 sets.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<DeviceCounterConsumption> ConsumesCounters { get; init; }

    /// <summary>Node where the device is available; only if the slice chooses nodes per device.</summary>
    [Field(5)]
    public partial string? NodeName { get; init; }

    /// <summary>
    /// Nodes where the device is available, with a single term; only if the slice chooses nodes per device.
    /// </summary>
    [Field(6)]
    public partial NodeSelector? NodeSelector { get; init; }

    /// <summary>Whether all nodes can use the device; only if the slice chooses nodes per device.</summary>
    [Field(7)]
    public partial bool? AllNodes { get; init; }

    /// <summary>Taints that keep claims without a matching toleration away; at most 16.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<DeviceTaint> Taints { get; init; }

    /// <summary>Whether the choice of a node for the pod ties the claim to that node.</summary>
    [Field(9)]
    public partial bool? BindsToNode { get; init; }

    /// <summary>Conditions that must be true before a pod is bound; at most 4.</summary>
    [Field(10, List = ListType.Atomic)]
    public partial ApiList<string> BindingConditions { get; init; }

    /// <summary>Conditions of which a true one means binding failed; at most 4.</summary>
    [Field(11, List = ListType.Atomic)]
    public partial ApiList<string> BindingFailureConditions { get; init; }

    /// <summary>Whether the device can be allocated to several requests at a time.</summary>
    [Field(12)]
    public partial bool? AllowMultipleAllocations { get; init; }

    /// <summary>
    /// Node resources, such as cpu or memory, that the device draws on, and how the amount is computed.
    /// </summary>
    [Field(13)]
    public partial ApiMap<NodeAllocatableResourceMapping> NodeAllocatableResourceMappings { get; init; }
}
