using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Range of IP addresses, less some exceptions, that network policy rules apply to.</summary>
[ApiType("io.k8s.api.networking.v1.IPBlock")]
public sealed partial record IPBlock
{
    /// <summary>The range in CIDR notation, for example 192.168.1.0/24 or 2001:db8::/64.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Cidr { get; init; }

    /// <summary>Smaller ranges within cidr that are left out. Each must lie strictly inside cidr.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Except { get; init; }
}
