using Keelson.Store.Etcd;

namespace Keelson.Store.Tests.Etcd;

public sealed class EtcdCompactionTests
{
    [Fact]
    public async Task Of_two_api_servers_one_compacts_each_round_to_where_the_store_was_a_round_before()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdStore store = await server.ConnectAsync();
        var one = new EtcdCompaction(store, TimeSpan.FromMinutes(5), TimeProvider.System);
        var two = new EtcdCompaction(store, TimeSpan.FromMinutes(5), TimeProvider.System);

        long[] first = [await one.RunRoundAsync(default), await two.RunRoundAsync(default)];
        long before = store.CurrentRevision;
        await store.PutIfAsync("/registry/a", [1], 0);
        long[] second = [await one.RunRoundAsync(default), await two.RunRoundAsync(default)];
        RangeResult gone = await store.RangeAsync(new RangeRequest(KeyRange.All) { Revision = before - 1 });
        GetResult key = await store.GetAsync("compact_rev_key");

        Assert.Equal([0, 0], first);
        Assert.Equal([before, 0], second);
        Assert.Equal((StoreOutcome.Compacted, before), (gone.Outcome, gone.CompactRevision));
        Assert.Equal(2, key.Item!.Version);
        Assert.Equal(before.ToString(), System.Text.Encoding.ASCII.GetString(key.Item.Value));
    }
}
