using System.Net;
using Keelson.Rpc;
using Keelson.Store.Etcd;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Tests.Etcd;

/// <summary>
/// An etcd that says what a test tells it to say: for what a real one does only seldom, or only in other releases.
/// </summary>
internal sealed class ScriptedEtcd : IAsyncDisposable
{
    private RpcHost? host;

    public string Version { get; init; } = "3.6.0";

    public Func<Proto.RangeRequest, Proto.RangeResponse> Range { get; set; } =
        _ => new Proto.RangeResponse { Header = At(1) };

    public Func<Proto.TxnRequest, Proto.TxnResponse> Txn { get; set; } = _ => throw new NotSupportedException();

    public Func<IAsyncEnumerable<Proto.WatchRequest>, RpcResponseStream<Proto.WatchResponse>, RpcServerContext, Task>
        Watch { get; set; } = (_, _, _) => throw new NotSupportedException();

    public string Url => host!.Endpoints[0].ToString();

    public static Proto.ResponseHeader At(long revision) => new() { Revision = revision };

    public static Proto.Event Put(string key, long revision) => new()
    {
        Kv = new Proto.KeyValue
        {
            Key = Google.Protobuf.ByteString.CopyFromUtf8(key),
            CreateRevision = revision,
            ModRevision = revision,
            Version = 1,
        },
    };

    public async Task<EtcdStore> StartAsync()
    {
        RpcServer server = new RpcServerBuilder()
            .Unary(EtcdMethods.Status, (_, _) =>
                Task.FromResult(new Proto.StatusResponse { Header = At(1), Version = Version }))
            .Unary(EtcdMethods.Range, (request, _) => Task.FromResult(Range(request)))
            .Unary(EtcdMethods.Txn, (request, _) => Task.FromResult(Txn(request)))
            .Duplex(EtcdMethods.Watch, (requests, responses, context) => Watch(requests, responses, context))
            .Build();
        host = await RpcHost.StartAsync(server, [RpcListener.Tcp(new IPEndPoint(IPAddress.Loopback, 0))]);
        return await EtcdStore.ConnectAsync(new EtcdStoreConfig { Servers = [Url] });
    }

    public ValueTask DisposeAsync() => host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
