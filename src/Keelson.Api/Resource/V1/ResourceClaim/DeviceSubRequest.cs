using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>One alternative within a request.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceSubRequest")]
public sealed partial record DeviceSubRequest
{
    /// <summary>Name of the alternative, a DNS label; referred to as request/name.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Device class the devices must belong to.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string DeviceClassName { get; init; }

    /// <summary>Further conditions a device must all meet.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<DeviceSelector> Selectors { get; init; }

    /// <summary>
    /// ExactCount for a number of devices, All for all matching devices in a pool. Defaults to ExactCount.
    /// </summary>
    [Field(4, GoType = "v1.DeviceAllocationMode")]
    public partial string AllocationMode { get; init; }

    /// <summary>Number of devices with ExactCount. Defaults to 1.</summary>
    [Field(5)]
    public partial long Count { get; init; }

    /// <summary>Taints of devices that are tolerated; at most 16.</summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<DeviceToleration> Tolerations { get; init; }

    /// <summary>Capacity wanted of each device.</summary>
    [Field(7)]
    public partial CapacityRequirements? Capacity { get; init; }
}
