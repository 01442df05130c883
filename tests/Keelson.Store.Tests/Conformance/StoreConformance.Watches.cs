using System.Collections.Concurrent;

namespace Keelson.Store.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_watch_delivers_what_happens_to_its_keys()
    {
        await using IStoreWatch watch = await Store.WatchAsync(new WatchRequest(KeyRange.Prefix(Key("in/"))));
        await PutAsync("in/a", "1");
        await PutAsync("out", "1");
        await PutAsync("in/a", "2");
        await PutAsync("in/b", "1");
        long deleted = await DeleteAsync("in/a");
        List<StoreEvent> events = await ReadAsync(watch, 4);
        Assert.Equal("+in/a=1 +in/a=2 +in/b=1 -in/a", Line(events));
        KeyValue deletion = events[3].Item;
        Assert.Equal((deleted, 0L, 0L), (deletion.ModRevision, deletion.CreateRevision, deletion.Version));
        Assert.Empty(deletion.Value);
        Assert.Equal(2, events[1].Item.Version);
        Assert.Equal(events[0].Item.ModRevision, events[1].Item.CreateRevision);
    }

    [Fact]
    public async Task A_watch_can_begin_in_the_past()
    {
        await PutAsync("a", "1");
        long start = await PutAsync("a", "2");
        await PutAsync("b", "1");
        await using IStoreWatch watch = await Store.WatchAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = start, PreviousValues = true });
        Assert.Equal(start, watch.StartRevision);
        await DeleteAsync("a");
        await PutAsync("b", "2");
        Assert.Equal("+a=2(1) +b=1 -a(2) +b=2(1)", Line(await ReadAsync(watch, 4)));
    }

    [Fact]
    public async Task A_watch_can_begin_in_the_future()
    {
        long now = await PutAsync("a", "1");
        await using IStoreWatch watch = await Store.WatchAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = now + 3 });
        long revision = now;
        while (revision < now + 4)
        {
            revision = await PutAsync("a", "2");
        }
        List<StoreEvent> events = await ReadAsync(watch, 1 + (int)(revision - now - 3));
        Assert.True(events[0].Item.ModRevision >= now + 3);
    }

    [Fact]
    public async Task Previous_versions_come_only_if_asked_for()
    {
        await PutAsync("a", "1");
        await using IStoreWatch plain = await Store.WatchAsync(new WatchRequest(KeyRange.Single(Key("a"))));
        await using IStoreWatch full = await Store.WatchAsync(
            new WatchRequest(KeyRange.Single(Key("a"))) { PreviousValues = true });
        await PutAsync("a", "2");
        await PutAsync("ab", "not watched");
        await DeleteAsync("a");
        await PutAsync("a", "3");
        Assert.Equal("+a=2 -a +a=3", Line(await ReadAsync(plain, 3)));
        Assert.Equal("+a=2(1) -a(2) +a=3", Line(await ReadAsync(full, 3)));
    }

    [Fact]
    public async Task The_events_of_a_transaction_come_together()
    {
        await PutAsync("z", "0");
        await using IStoreWatch watch = await Store.WatchAsync(new WatchRequest(KeyRange.Prefix(Root)));
        TxnResult result = await Store.TxnAsync(new TxnRequest
        {
            Success =
            [
                new PutOperation(Key("c"), Bytes("1")),
                new DeleteOperation(KeyRange.Single(Key("z"))),
                new PutOperation(Key("a"), Bytes("1")),
            ],
        });
        using CancellationTokenSource timeout = new(Patience);
        WatchBatch batch;
        do
        {
            batch = await watch.ReadAsync(timeout.Token);
        }
        while (batch.Events.IsEmpty);
        Assert.Equal("+c=1 -z +a=1", Line(batch.Events));
        Assert.All(batch.Events, change => Assert.Equal(result.Revision, change.Item.ModRevision));
    }

    [Fact]
    public async Task Watches_get_every_event_once_and_in_order_while_many_write()
    {
        const int writers = 8;
        const int puts = 50;
        long start = await PutAsync("first", "") + 1;
        await using IStoreWatch early = await Store.WatchAsync(new WatchRequest(KeyRange.Prefix(Root)));
        Task[] writing = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < puts; i++)
            {
                await PutAsync($"{writer}", $"{i}");
            }
        }))];
        await using IStoreWatch late = await Store.WatchAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = start });
        foreach (IStoreWatch watch in new[] { early, late })
        {
            List<StoreEvent> events = await ReadAsync(watch, writers * puts);
            Assert.True(events.Zip(events.Skip(1)).All(pair =>
                pair.First.Item.ModRevision < pair.Second.Item.ModRevision));
            foreach (IGrouping<string, StoreEvent> key in events.GroupBy(change => change.Item.Key))
            {
                Assert.Equal(
                    Enumerable.Range(0, puts).Select(i => $"{i}"), key.Select(change => Text(change.Item)));
            }
        }
        await Task.WhenAll(writing);
    }

    [Fact]
    public async Task A_watch_that_asks_for_compacted_history_is_told_so()
    {
        long old = await PutAsync("a", "1");
        await PutAsync("a", "2");
        long kept = await PutAsync("a", "3");
        Assert.Equal(StoreOutcome.Ok, (await Store.CompactAsync(kept)).Outcome);
        await using IStoreWatch watch = await Store.WatchAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = old });
        using CancellationTokenSource timeout = new(Patience);
        WatchBatch batch = await watch.ReadAsync(timeout.Token);
        Assert.Equal((StoreOutcome.Compacted, kept), (batch.Outcome, batch.CompactRevision));
        Assert.Equal(StoreOutcome.Compacted, (await watch.ReadAsync(timeout.Token)).Outcome);
        await using IStoreWatch after = await Store.WatchAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = kept + 1 });
        await PutAsync("a", "4");
        Assert.Equal("+a=4", Line(await ReadAsync(after, 1)));
    }

    [Fact]
    public async Task Progress_comes_on_request_even_if_nothing_happens_to_the_keys()
    {
        await using IStoreWatch watch = await Store.WatchAsync(new WatchRequest(KeyRange.Prefix(Key("quiet/"))));
        long revision = await PutAsync("loud", "1");
        using CancellationTokenSource timeout = new(Patience);
        // A store may pass over requests that come too soon after each other.
        while (true)
        {
            await Store.RequestProgressAsync(timeout.Token);
            using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token);
            soon.CancelAfter(TimeSpan.FromMilliseconds(500));
            try
            {
                WatchBatch batch = await watch.ReadAsync(soon.Token);
                Assert.Empty(batch.Events);
                if (batch.Revision >= revision)
                {
                    break;
                }
            }
            catch (OperationCanceledException) when (!timeout.IsCancellationRequested)
            {
            }
        }
        // A read that was given up takes nothing with it.
        await PutAsync("quiet/a", "1");
        Assert.Equal("+quiet/a=1", Line(await ReadAsync(watch, 1)));
    }

    [Fact]
    public async Task An_observer_sees_past_and_present_without_a_gap()
    {
        long start = await PutAsync("a", "1");
        await PutAsync("a", "2");
        Recorder recorder = new();
        IAsyncDisposable observing = await Store.ObserveAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = start, PreviousValues = true }, recorder);
        Assert.True(!Store.ObserversAreCurrent || !recorder.Batches.IsEmpty);
        long last = await PutAsync("b", "1");
        if (Store.ObserversAreCurrent)
        {
            Assert.Equal(last, recorder.Batches.Last().Revision);
        }
        await DeleteAsync("a");
        Assert.True(await ComesTrueAsync(() => new(recorder.Events.Count() >= 4)));
        Assert.Equal("+a=1 +a=2(1) +b=1 -a(2)", Line(recorder.Events));
        await observing.DisposeAsync();
        await PutAsync("b", "2");
        Assert.Equal(4, recorder.Events.Count());
    }

    [Fact]
    public async Task An_observer_that_asks_for_compacted_history_is_told_so()
    {
        long old = await PutAsync("a", "1");
        await PutAsync("a", "2");
        await Store.CompactAsync(await PutAsync("a", "3"));
        Recorder recorder = new();
        await using IAsyncDisposable observing = await Store.ObserveAsync(
            new WatchRequest(KeyRange.Prefix(Root)) { FromRevision = old }, recorder);
        Assert.True(await ComesTrueAsync(() => new(!recorder.Batches.IsEmpty)));
        Assert.Equal(StoreOutcome.Compacted, recorder.Batches.Last().Outcome);
    }

    private sealed class Recorder : IStoreObserver
    {
        public ConcurrentQueue<WatchBatch> Batches { get; } = new();

        public IEnumerable<StoreEvent> Events => Batches.SelectMany(batch => batch.Events);

        public void OnBatch(WatchBatch batch) => Batches.Enqueue(batch);

        public void OnLost(StoreUnavailableException reason)
        {
        }
    }
}
