using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>One address of a pod.</summary>
[ApiType("io.k8s.api.core.v1.PodIP")]
public sealed partial record PodIP
{
    /// <summary>The address, IPv4 or IPv6.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Ip { get; init; }
}
