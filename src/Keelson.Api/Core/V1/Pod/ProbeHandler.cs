using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>The kind of check a probe makes. Exactly one field must be set.</summary>
[ApiType("io.k8s.api.core.v1.ProbeHandler")]
public sealed partial record ProbeHandler
{
    /// <summary>Runs a command in the container; exit code 0 means success.</summary>
    [Field(1)]
    public partial ExecAction? Exec { get; init; }

    /// <summary>Sends an HTTP request to the container.</summary>
    [Field(2)]
    public partial HTTPGetAction? HttpGet { get; init; }

    /// <summary>Opens a TCP connection to the container.</summary>
    [Field(3)]
    public partial TCPSocketAction? TcpSocket { get; init; }

    /// <summary>Calls the gRPC health checking service of the container.</summary>
    [Field(4)]
    public partial GRPCAction? Grpc { get; init; }
}
