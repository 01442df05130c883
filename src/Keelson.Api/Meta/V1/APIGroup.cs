using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>An API group with its versions, as returned by discovery.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup", SelfVersion = "v1")]
public sealed partial record APIGroup
{
    /// <summary>Name of the group; empty for the core group.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Versions that are served.</summary>
    [Field(2, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<GroupVersionForDiscovery> Versions { get; init; }

    /// <summary>Version clients should use if they have no reason for another.</summary>
    [Field(3)]
    public partial GroupVersionForDiscovery PreferredVersion { get; init; }

    /// <summary>Addresses of the server for clients of various networks.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<ServerAddressByClientCIDR> ServerAddressByClientCIDRs { get; init; }
}
