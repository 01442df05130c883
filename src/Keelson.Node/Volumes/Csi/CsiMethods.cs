using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>The methods of storage drivers that a node calls.</summary>
internal static class CsiMethods
{
    private const string Node = "csi.v1.Node";

    public static readonly RpcMethod<NodeGetInfoRequest, NodeGetInfoResponse> GetInfo =
        RpcMethod.Unary<NodeGetInfoRequest, NodeGetInfoResponse>(Node, "NodeGetInfo");

    public static readonly RpcMethod<NodeGetCapabilitiesRequest, NodeGetCapabilitiesResponse> GetCapabilities =
        RpcMethod.Unary<NodeGetCapabilitiesRequest, NodeGetCapabilitiesResponse>(Node, "NodeGetCapabilities");

    public static readonly RpcMethod<NodeStageVolumeRequest, NodeStageVolumeResponse> Stage =
        RpcMethod.Unary<NodeStageVolumeRequest, NodeStageVolumeResponse>(Node, "NodeStageVolume");

    public static readonly RpcMethod<NodeUnstageVolumeRequest, NodeUnstageVolumeResponse> Unstage =
        RpcMethod.Unary<NodeUnstageVolumeRequest, NodeUnstageVolumeResponse>(Node, "NodeUnstageVolume");

    public static readonly RpcMethod<NodePublishVolumeRequest, NodePublishVolumeResponse> Publish =
        RpcMethod.Unary<NodePublishVolumeRequest, NodePublishVolumeResponse>(Node, "NodePublishVolume");

    public static readonly RpcMethod<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse> Unpublish =
        RpcMethod.Unary<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse>(Node, "NodeUnpublishVolume");

    public static readonly RpcMethod<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse> GetStats =
        RpcMethod.Unary<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(Node, "NodeGetVolumeStats");

    public static readonly RpcMethod<NodeExpandVolumeRequest, NodeExpandVolumeResponse> Expand =
        RpcMethod.Unary<NodeExpandVolumeRequest, NodeExpandVolumeResponse>(Node, "NodeExpandVolume");
}
