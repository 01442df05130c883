using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Devices allocated and their configuration.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceAllocationResult")]
public sealed partial record DeviceAllocationResult
{
    /// <summary>Allocated devices, by request; at most 32.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<DeviceRequestAllocationResult> Results { get; init; }

    /// <summary>Configuration for the drivers, from class and claim.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<DeviceAllocationConfiguration> Config { get; init; }
}
