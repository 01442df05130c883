using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One line of the hosts file: an address with the names that resolve to it.</summary>
[ApiType("io.k8s.api.core.v1.HostAlias")]
public sealed partial record HostAlias
{
    /// <summary>The address. Required and unique within the list.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Ip { get; init; }

    /// <summary>Names for the address.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Hostnames { get; init; }
}
