using System.Collections.Concurrent;
using Keelson.Store.Etcd;

namespace Keelson.Store.Tests.Etcd;

/// <summary>What happens to clients of etcd when etcd goes away and comes back.</summary>
public sealed class EtcdOutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly KeyRange Everything = KeyRange.Prefix("/registry/");

    [Fact]
    public async Task A_watch_survives_a_killed_etcd_without_losing_or_doubling_an_event()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdStore store = await server.ConnectAsync();
        await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(Everything));
        using var enough = new CancellationTokenSource();
        Task<long> writing = WriteUntilAsync(store, enough.Token);

        List<StoreEvent> seen = [];
        for (int round = 0; round < 3; round++)
        {
            await ReadManyAsync(watch, seen, seen.Count + 50);
            await server.KillAsync();
            await server.RestartAsync();
        }

        await ReadManyAsync(watch, seen, seen.Count + 50);
        await enough.CancelAsync();
        long last = await writing.WaitAsync(Patience);
        await ReadUntilAsync(watch, seen, last);

        List<StoreEvent> history = [];
        await using IStoreWatch replay = await store.WatchAsync(new WatchRequest(Everything) { FromRevision = 1 });
        await ReadUntilAsync(replay, history, last);
        Assert.Equal(history.Select(Print), seen.Select(Print));
        Assert.True(seen.Count >= 200);
    }

    [Fact]
    public async Task A_watch_moves_to_another_member_when_its_own_dies()
    {
        EtcdServer[] servers = await EtcdServer.StartClusterAsync(3);
        try
        {
            EtcdStoreConfig config = new() { Servers = [.. servers.Select(server => server.ClientUrl)] };
            await using EtcdStore store = await EtcdStore.ConnectAsync(config);
            await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(Everything));
            using var enough = new CancellationTokenSource();
            Task<long> writing = WriteUntilAsync(store, enough.Token);

            List<StoreEvent> seen = [];
            foreach (EtcdServer server in servers)
            {
                await ReadManyAsync(watch, seen, seen.Count + 20);
                await server.KillAsync();
                await ReadManyAsync(watch, seen, seen.Count + 20);
                await server.RestartAsync();
            }

            await enough.CancelAsync();
            long last = await writing.WaitAsync(Patience);
            await ReadUntilAsync(watch, seen, last);

            List<StoreEvent> history = [];
            await using IStoreWatch replay = await store.WatchAsync(new WatchRequest(Everything) { FromRevision = 1 });
            await ReadUntilAsync(replay, history, last);
            Assert.Equal(history.Select(Print), seen.Select(Print));
        }
        finally
        {
            foreach (EtcdServer server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task What_was_compacted_while_the_stream_was_broken_ends_the_watch_as_compacted()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdStore store = await server.ConnectAsync();
        await using EtcdStore other = await server.ConnectAsync();
        long first = (await store.PutIfAsync("/registry/a", [1], 0)).Revision;
        await using IStoreWatch watch = await store.WatchAsync(new WatchRequest(KeyRange.Prefix("/quiet/")));

        // The watch hears of nothing, so it would go on behind the revision at which it began.
        for (int at = 0; at < 10; at++)
        {
            first = (await other.PutIfAsync("/registry/a", [2], first)).Revision;
        }

        Assert.Equal(StoreOutcome.Ok, (await other.CompactAsync(first)).Outcome);
        await server.KillAsync();
        await server.RestartAsync();
        WatchBatch batch = await watch.ReadAsync().AsTask().WaitAsync(Patience);

        Assert.Equal((StoreOutcome.Compacted, first), (batch.Outcome, batch.CompactRevision));
        Assert.Equal(first, store.CompactRevision);
    }

    [Fact]
    public async Task With_etcd_gone_requests_fail_as_unavailable_after_their_time()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        EtcdStoreConfig config = server.Config() with { UnreachableAfter = TimeSpan.FromMilliseconds(500) };
        await using EtcdStore store = await EtcdStore.ConnectAsync(config);
        await server.KillAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.GetAsync("/a").AsTask().WaitAsync(Patience));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.PutIfAsync("/a", [1], 0).AsTask().WaitAsync(Patience));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.WatchAsync(new WatchRequest(Everything)).AsTask().WaitAsync(Patience));
        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => EtcdStore.ConnectAsync(config).WaitAsync(Patience));
        Assert.Contains("connection refused", error.Message);
    }

    [Fact]
    public async Task Closing_the_store_fails_its_watches_and_tells_its_observers()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        EtcdStore store = await server.ConnectAsync();
        IStoreWatch watch = await store.WatchAsync(new WatchRequest(Everything));
        var observer = new Recorder();
        await store.ObserveAsync(new WatchRequest(Everything), observer);

        Task<WatchBatch> reading = watch.ReadAsync().AsTask();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => reading.WaitAsync(Patience));
        await observer.Lost.Task.WaitAsync(Patience);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.GetAsync("/a").AsTask());
    }

    [Fact]
    public async Task A_reader_that_falls_behind_is_served_from_history_and_misses_nothing()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdStore store = await server.ConnectAsync();
        await using IStoreWatch slow = await store.WatchAsync(new WatchRequest(Everything));

        // 40 MiB: more than twice what a watch queues for its reader.
        byte[] value = new byte[1 << 20];
        long last = 0;
        for (int at = 0; at < 40; at++)
        {
            last = (await store.PutIfAsync($"/registry/{at:D3}", value, 0)).Revision;
        }

        List<StoreEvent> seen = [];
        await ReadUntilAsync(slow, seen, last);

        Assert.Equal(
            Enumerable.Range(0, 40).Select(at => $"/registry/{at:D3}"), seen.Select(happened => happened.Item.Key));
    }

    private static string Print(StoreEvent happened) =>
        $"{happened.Item.ModRevision} {happened.Item.Key} {(happened.IsDeletion ? "deleted" : happened.Item.Value[0])}";

    /// <summary>Puts and deletes until told to stop, through every outage. Returns the last revision.</summary>
    private static async Task<long> WriteUntilAsync(EtcdStore store, CancellationToken enough)
    {
        var known = new ConcurrentDictionary<string, long>();
        for (int at = 0; !enough.IsCancellationRequested; at++)
        {
            string key = $"/registry/{at % 17}";
            long expected = known.GetValueOrDefault(key);
            try
            {
                WriteResult result = expected != 0 && at % 5 == 0
                    ? await store.DeleteIfAsync(key, expected)
                    : await store.PutIfAsync(key, [(byte)at], expected);
                bool deleted = result.Outcome == StoreOutcome.Ok && expected != 0 && at % 5 == 0;
                known[key] = deleted ? 0
                    : result.Outcome == StoreOutcome.Ok ? result.Revision
                    : result.Current?.ModRevision ?? 0;
            }
            catch (StoreUnavailableException)
            {
                // Whether it was written, the next round finds out.
            }
        }

        return (await store.RangeAsync(new RangeRequest(Everything) { CountOnly = true })).Revision;
    }

    private static async Task ReadManyAsync(IStoreWatch watch, List<StoreEvent> seen, int count)
    {
        while (seen.Count < count)
        {
            WatchBatch batch = await watch.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.Equal(StoreOutcome.Ok, batch.Outcome);
            seen.AddRange(batch.Events);
        }
    }

    private static async Task ReadUntilAsync(IStoreWatch watch, List<StoreEvent> seen, long revision)
    {
        while (seen.Count == 0 || seen[^1].Item.ModRevision < revision)
        {
            await ReadManyAsync(watch, seen, seen.Count + 1);
        }
    }

    private sealed class Recorder : IStoreObserver
    {
        public TaskCompletionSource Lost { get; } = new();

        public void OnBatch(WatchBatch batch)
        {
        }

        public void OnLost(StoreUnavailableException reason) => Lost.TrySetResult();
    }
}
