using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Device allocated for a request.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceRequestAllocationResult")]
public sealed partial record DeviceRequestAllocationResult
{
    /// <summary>Name of the request, or request/subrequest.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Request { get; init; }

    /// <summary>Name of the driver, a DNS subdomain.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>Pool the device belongs to.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Pool { get; init; }

    /// <summary>Name of the device in the pool.</summary>
    [Field(4, Always = true, Required = true)]
    public partial string Device { get; init; }

    /// <summary>Whether the device was allocated for administration, while others may use it.</summary>
    [Field(5)]
    public partial bool? AdminAccess { get; init; }

    /// <summary>Tolerations of the request at the time of allocation.</summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<DeviceToleration> Tolerations { get; init; }

    /// <summary>Conditions of the device that must be true before a pod is bound; at most 4.</summary>
    [Field(7, List = ListType.Atomic)]
    public partial ApiList<string> BindingConditions { get; init; }

    /// <summary>Conditions of the device of which a true one means binding failed; at most 4.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<string> BindingFailureConditions { get; init; }

    /// <summary>Identifies this share of a device that can be allocated several times.</summary>
    [Field(9, GoType = "types.UID")]
    public partial string? ShareID { get; init; }

    /// <summary>Capacity of a shared device this request takes, by name.</summary>
    [Field(10)]
    public partial ApiMap<Quantity> ConsumedCapacity { get; init; }
}
