using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A name or address of a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeAddress")]
public sealed partial record NodeAddress
{
    /// <summary>InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.NodeAddressType")]
    public partial string Type { get; init; }

    /// <summary>The name or address.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Address { get; init; }
}
