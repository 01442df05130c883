using Keelson.Store.Tests.Conformance;

namespace Keelson.Store.Tests.Etcd;

/// <summary>The conformance suite on a real etcd, which all of its tests share.</summary>
public sealed class EtcdStoreConformance(EtcdStoreConformance.SharedEtcd etcd)
    : StoreConformance, IClassFixture<EtcdStoreConformance.SharedEtcd>
{
    protected override async ValueTask<IStore> OpenAsync() => await etcd.Server.ConnectAsync();

    /// <summary>Starts before the first test and stops behind the last one.</summary>
    public sealed class SharedEtcd : IAsyncLifetime
    {
        internal EtcdServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await EtcdServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
