using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>Address of the server for a network.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR")]
public sealed partial record ServerAddressByClientCIDR
{
    /// <summary>Network of the clients, in CIDR form.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string ClientCIDR { get; init; }

    /// <summary>Address of the server: host name, address or either with a port.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string ServerAddress { get; init; }
}
