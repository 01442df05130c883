using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A call of the standard gRPC health checking service.</summary>
[ApiType("io.k8s.api.core.v1.GRPCAction")]
public sealed partial record GRPCAction
{
    /// <summary>Number of the port of the gRPC service, 1 to 65535.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Port { get; init; }

    /// <summary>
    /// Service name placed in the health check request. Empty by default, which asks for the state of the server as
    /// a whole.
    /// </summary>
    [Field(2, Always = true, Default = "\"\"")]
    public partial string? Service { get; init; }
}
