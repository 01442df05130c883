using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>Port or range of ports traffic is allowed to.</summary>
[ApiType("io.k8s.api.networking.v1.NetworkPolicyPort")]
public sealed partial record NetworkPolicyPort
{
    /// <summary>TCP, UDP or SCTP. Defaults to TCP.</summary>
    [Field(1, Enum = typeof(Keelson.Api.Core.V1.Protocol))]
    public partial string? Protocol { get; init; }

    /// <summary>
    /// Port number, or the name of a container port of the pod. If not set, all ports of the protocol match.
    /// </summary>
    [Field(2)]
    public partial IntOrString? Port { get; init; }

    /// <summary>
    /// Last port of a range that begins at port, both included. Requires a numeric port and must not be below it.
    /// </summary>
    [Field(3)]
    public partial int? EndPort { get; init; }
}
