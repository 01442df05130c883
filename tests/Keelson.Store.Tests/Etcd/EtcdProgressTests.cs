using Keelson.Store.Etcd;

namespace Keelson.Store.Tests.Etcd;

public sealed class EtcdProgressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("3.4.23", false)]
    [InlineData("3.4.25", true)]
    [InlineData("3.5.7", false)]
    [InlineData("3.5.8", true)]
    [InlineData("3.6.5", true)]
    [InlineData("4.0.0-rc.1", true)]
    [InlineData("unknown", false)]
    public void Releases_whose_progress_can_overtake_events_are_known(string version, bool inOrder) =>
        Assert.Equal(inOrder, EtcdMaintenance.ReportsProgressInOrder(version));

    [Fact]
    public async Task Progress_comes_to_every_watch_behind_every_event_it_speaks_for()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdStore store = await server.ConnectAsync();
        await using EtcdStore writer = await server.ConnectAsync();
        await using IStoreWatch busy = await store.WatchAsync(new WatchRequest(KeyRange.Prefix("/busy/")));
        await using IStoreWatch quiet = await store.WatchAsync(new WatchRequest(KeyRange.Prefix("/quiet/")));
        await using IStoreWatch nothing = await store.WatchAsync(new WatchRequest(KeyRange.Between("/b", "/a")));

        for (int round = 0; round < 5; round++)
        {
            for (int at = 0; at < 50; at++)
            {
                await writer.PutIfAsync($"/busy/{round}-{at}", [1], 0);
            }

            long target = (await store.GetAsync("/busy/0-0")).Revision;
            Assert.Equal(writer.CurrentRevision, target);
            await store.RequestProgressAsync();

            Assert.Equal(50, await CountEventsUntilProgressAsync(busy, target));
            Assert.Equal(0, await CountEventsUntilProgressAsync(quiet, target));
            Assert.Equal(0, await CountEventsUntilProgressAsync(nothing, target));
        }
    }

    [Fact]
    public async Task Progress_that_was_asked_for_comes_also_if_the_stream_breaks_in_between()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdStore store = await server.ConnectAsync();
        await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(KeyRange.Prefix("/a/")));
        long target = (await store.PutIfAsync("/b", [1], 0)).Revision;

        await server.KillAsync();
        await store.RequestProgressAsync();
        await server.RestartAsync();

        Assert.Equal(0, await CountEventsUntilProgressAsync(watch, target));
    }

    private static async Task<int> CountEventsUntilProgressAsync(IStoreWatch watch, long revision)
    {
        int events = 0;
        while (true)
        {
            WatchBatch batch = await watch.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.Equal(StoreOutcome.Ok, batch.Outcome);
            events += batch.Events.Length;
            if (batch.Events.IsEmpty && batch.Revision >= revision)
            {
                return events;
            }
        }
    }
}
