using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Devices in a class and their configuration.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceClassSpec")]
public sealed partial record DeviceClassSpec
{
    /// <summary>Conditions a device must all meet; at most 32.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<DeviceSelector> Selectors { get; init; }

    /// <summary>Configuration that applies to every device of the class; at most 32.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<DeviceClassConfiguration> Config { get; init; }

    /// <summary>Extended resource that pods can request to get devices of this class.</summary>
    [Field(4)]
    public partial string? ExtendedResourceName { get; init; }
}
