using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Condition of an allocated device, as reported by its driver.</summary>
[ApiType("io.k8s.api.resource.v1.AllocatedDeviceStatus")]
public sealed partial record AllocatedDeviceStatus
{
    /// <summary>Name of the driver, a DNS subdomain. At most 63 characters.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>Pool the device belongs to.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Pool { get; init; }

    /// <summary>Name of the device in the pool.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Device { get; init; }

    /// <summary>Identifies one share of a device that is allocated several times.</summary>
    [Field(7)]
    public partial string? ShareID { get; init; }

    /// <summary>Latest observations about the device, at most 8.</summary>
    [Field(4, Always = true, List = ListType.Map, Keys = "type")]
    public partial ApiList<Condition> Conditions { get; init; }

    /// <summary>Anything the driver wants to report; at most 10 KiB.</summary>
    [Field(5)]
    public partial RawJson Data { get; init; }

    /// <summary>Network facts about the device, if it is a network interface.</summary>
    [Field(6)]
    public partial NetworkDeviceData? NetworkData { get; init; }
}
