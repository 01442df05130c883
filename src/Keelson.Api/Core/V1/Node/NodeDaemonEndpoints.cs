using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Ports of the daemons of a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeDaemonEndpoints")]
public sealed partial record NodeDaemonEndpoints
{
    /// <summary>Where the kubelet listens.</summary>
    [Field(1)]
    public partial DaemonEndpoint KubeletEndpoint { get; init; }
}
