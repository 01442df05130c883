using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Network facts about a device.</summary>
[ApiType("io.k8s.api.resource.v1.NetworkDeviceData")]
public sealed partial record NetworkDeviceData
{
    /// <summary>Name of the network interface in the pod, at most 256 characters.</summary>
    [Field(1)]
    public partial string InterfaceName { get; init; }

    /// <summary>Addresses in CIDR notation, such as 192.0.2.5/24; at most 16.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Ips { get; init; }

    /// <summary>MAC or other hardware address, at most 128 characters.</summary>
    [Field(3)]
    public partial string HardwareAddress { get; init; }
}
