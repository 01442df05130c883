using Keelson.Nodes.Devices.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Devices;

/// <summary>The methods between the agent and device plugins.</summary>
internal static class DevicePluginMethods
{
    /// <summary>The version that both must speak.</summary>
    public const string Version = "v1beta1";

    private const string Plugin = "v1beta1.DevicePlugin";

    public static readonly RpcMethod<RegisterRequest, Empty> Register =
        RpcMethod.Unary<RegisterRequest, Empty>("v1beta1.Registration", "Register");

    public static readonly RpcMethod<Empty, DevicePluginOptions> GetOptions =
        RpcMethod.Unary<Empty, DevicePluginOptions>(Plugin, "GetDevicePluginOptions");

    public static readonly RpcMethod<Empty, ListAndWatchResponse> ListAndWatch =
        RpcMethod.ServerStreaming<Empty, ListAndWatchResponse>(Plugin, "ListAndWatch");

    public static readonly RpcMethod<PreferredAllocationRequest, PreferredAllocationResponse> GetPreferredAllocation =
        RpcMethod.Unary<PreferredAllocationRequest, PreferredAllocationResponse>(Plugin, "GetPreferredAllocation");

    public static readonly RpcMethod<AllocateRequest, AllocateResponse> Allocate =
        RpcMethod.Unary<AllocateRequest, AllocateResponse>(Plugin, "Allocate");

    public static readonly RpcMethod<PreStartContainerRequest, PreStartContainerResponse> PreStartContainer =
        RpcMethod.Unary<PreStartContainerRequest, PreStartContainerResponse>(Plugin, "PreStartContainer");
}
