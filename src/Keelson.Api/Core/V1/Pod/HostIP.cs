using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>One address of a node.</summary>
[ApiType("io.k8s.api.core.v1.HostIP")]
public sealed partial record HostIP
{
    /// <summary>The address, IPv4 or IPv6.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Ip { get; init; }
}
