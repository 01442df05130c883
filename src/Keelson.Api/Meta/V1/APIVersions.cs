using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>Versions of the core group, as returned by discovery at /api.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions", SelfVersion = "v1")]
public sealed partial record APIVersions
{
    /// <summary>The versions.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Versions { get; init; }

    /// <summary>Addresses of the server for clients of various networks.</summary>
    [Field(2, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<ServerAddressByClientCIDR> ServerAddressByClientCIDRs { get; init; }
}
