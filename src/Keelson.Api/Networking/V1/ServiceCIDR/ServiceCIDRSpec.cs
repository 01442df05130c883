using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Address ranges for cluster IPs.</summary>
[ApiType("io.k8s.api.networking.v1.ServiceCIDRSpec")]
public sealed partial record ServiceCIDRSpec
{
    /// <summary>
    /// Ranges in CIDR notation: one, or two of different IP families. Existing entries cannot be changed.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> Cidrs { get; init; }
}
