using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Devices a claim asks for.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceClaim")]
public sealed partial record DeviceClaim
{
    /// <summary>Requests that must all be fulfilled; at most 32.</summary>
    [Field(1, Always = true, List = ListType.Atomic)]
    public partial ApiList<DeviceRequest> Requests { get; init; }

    /// <summary>Constraints across the requested devices; at most 32.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<DeviceConstraint> Constraints { get; init; }

    /// <summary>Configuration for the drivers; at most 32.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<DeviceClaimConfiguration> Config { get; init; }
}
