using Keelson.Rpc;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd;

/// <summary>The methods of etcd that are called.</summary>
internal static class EtcdMethods
{
    private const string Kv = "etcdserverpb.KV";
    private const string LeaseService = "etcdserverpb.Lease";
    private const string MaintenanceService = "etcdserverpb.Maintenance";

    public static readonly RpcMethod<Proto.RangeRequest, Proto.RangeResponse> Range =
        RpcMethod.Unary<Proto.RangeRequest, Proto.RangeResponse>(Kv, "Range");

    public static readonly RpcMethod<Proto.TxnRequest, Proto.TxnResponse> Txn =
        RpcMethod.Unary<Proto.TxnRequest, Proto.TxnResponse>(Kv, "Txn");

    public static readonly RpcMethod<Proto.CompactionRequest, Proto.CompactionResponse> Compact =
        RpcMethod.Unary<Proto.CompactionRequest, Proto.CompactionResponse>(Kv, "Compact");

    public static readonly RpcMethod<Proto.WatchRequest, Proto.WatchResponse> Watch =
        RpcMethod.Duplex<Proto.WatchRequest, Proto.WatchResponse>("etcdserverpb.Watch", "Watch");

    public static readonly RpcMethod<Proto.LeaseGrantRequest, Proto.LeaseGrantResponse> LeaseGrant =
        RpcMethod.Unary<Proto.LeaseGrantRequest, Proto.LeaseGrantResponse>(LeaseService, "LeaseGrant");

    public static readonly RpcMethod<Proto.LeaseRevokeRequest, Proto.LeaseRevokeResponse> LeaseRevoke =
        RpcMethod.Unary<Proto.LeaseRevokeRequest, Proto.LeaseRevokeResponse>(LeaseService, "LeaseRevoke");

    public static readonly RpcMethod<Proto.LeaseKeepAliveRequest, Proto.LeaseKeepAliveResponse> LeaseKeepAlive =
        RpcMethod.Duplex<Proto.LeaseKeepAliveRequest, Proto.LeaseKeepAliveResponse>(LeaseService, "LeaseKeepAlive");

    public static readonly RpcMethod<Proto.LeaseTimeToLiveRequest, Proto.LeaseTimeToLiveResponse> LeaseTimeToLive =
        RpcMethod.Unary<Proto.LeaseTimeToLiveRequest, Proto.LeaseTimeToLiveResponse>(LeaseService, "LeaseTimeToLive");

    public static readonly RpcMethod<Proto.LeaseLeasesRequest, Proto.LeaseLeasesResponse> LeaseLeases =
        RpcMethod.Unary<Proto.LeaseLeasesRequest, Proto.LeaseLeasesResponse>(LeaseService, "LeaseLeases");

    public static readonly RpcMethod<Proto.StatusRequest, Proto.StatusResponse> Status =
        RpcMethod.Unary<Proto.StatusRequest, Proto.StatusResponse>(MaintenanceService, "Status");

    public static readonly RpcMethod<Proto.DefragmentRequest, Proto.DefragmentResponse> Defragment =
        RpcMethod.Unary<Proto.DefragmentRequest, Proto.DefragmentResponse>(MaintenanceService, "Defragment");

    public static readonly RpcMethod<Proto.SnapshotRequest, Proto.SnapshotResponse> Snapshot =
        RpcMethod.ServerStreaming<Proto.SnapshotRequest, Proto.SnapshotResponse>(MaintenanceService, "Snapshot");
}
