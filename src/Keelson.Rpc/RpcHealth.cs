using Keelson.Rpc.Protos;

namespace Keelson.Rpc;

/// <summary>The methods of <c>grpc.health.v1.Health</c>.</summary>
public static class RpcHealth
{
    private const string Service = "grpc.health.v1.Health";

    /// <summary>Asks once.</summary>
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Check =
        RpcMethod.Unary<HealthCheckRequest, HealthCheckResponse>(Service, "Check");

    /// <summary>Asks once and is told of every change.</summary>
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Watch =
        RpcMethod.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(Service, "Watch");
}
