namespace Keelson.Store.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_key_that_was_never_put_is_not_there()
    {
        GetResult result = await Store.GetAsync(Key("nothing"));
        Assert.Equal(StoreOutcome.Ok, result.Outcome);
        Assert.Null(result.Item);
        Assert.True(result.Revision >= 1);
    }

    [Fact]
    public async Task A_put_key_carries_its_revisions_and_version()
    {
        long first = await PutAsync("a", "1");
        long second = await PutAsync("a", "2");
        Assert.True(second > first);
        KeyValue item = (await GetAsync("a"))!;
        Assert.Equal(("2", 0L), (Text(item), item.Lease));
        Assert.Equal((first, second, 2L), (item.CreateRevision, item.ModRevision, item.Version));
        await DeleteAsync("a");
        long third = await PutAsync("a", "3");
        item = (await GetAsync("a"))!;
        Assert.Equal(("3", third, third, 1L), (Text(item), item.CreateRevision, item.ModRevision, item.Version));
    }

    [Fact]
    public async Task Reads_at_a_revision_see_what_stood_then()
    {
        long one = await PutAsync("a", "1");
        long two = await PutAsync("b", "1");
        long three = await PutAsync("a", "2");
        long four = await DeleteAsync("b");
        Assert.Equal("a=1", await ListAsync(one));
        Assert.Equal("a=1 b=1", await ListAsync(two));
        Assert.Equal("a=2 b=1", await ListAsync(three));
        Assert.Equal("a=2", await ListAsync(four));
        Assert.Equal("a=2", await ListAsync());
        Assert.Equal("1", Text(await GetAsync("a", two)));
        Assert.Equal("1", Text(await GetAsync("b", three)));
        Assert.Null(await GetAsync("b", four));
    }

    [Fact]
    public async Task A_read_ahead_of_time_is_refused()
    {
        long revision = await PutAsync("a", "1");
        GetResult got = await Store.GetAsync(Key("a"), revision + 1_000_000_000);
        Assert.Equal(StoreOutcome.FutureRevision, got.Outcome);
        RangeResult range = await Store.RangeAsync(
            new RangeRequest(KeyRange.Prefix(Root)) { Revision = revision + 1_000_000_000 });
        Assert.Equal(StoreOutcome.FutureRevision, range.Outcome);
    }

    [Fact]
    public async Task Ranges_are_in_order_and_end_before_their_end()
    {
        foreach (string name in new[] { "c", "a", "b/x", "b", "d", "b-y" })
        {
            await PutAsync(name, "1");
        }
        Assert.Equal("a=1 b=1 b-y=1 b/x=1 c=1 d=1", await ListAsync());
        RangeResult between = await Store.RangeAsync(new RangeRequest(KeyRange.Between(Key("b"), Key("d"))));
        Assert.Equal("b=1 b-y=1 b/x=1 c=1", Line(between.Items));
        RangeResult single = await Store.RangeAsync(new RangeRequest(KeyRange.Single(Key("b"))));
        Assert.Equal("b=1", Line(single.Items));
        RangeResult from = await Store.RangeAsync(new RangeRequest(KeyRange.From(Key("c"))) { Limit = 2 });
        Assert.Equal("c=1 d=1", Line(from.Items));
        RangeResult none = await Store.RangeAsync(new RangeRequest(KeyRange.Between(Key("d"), Key("a"))));
        Assert.Equal((StoreOutcome.Ok, 0L), (none.Outcome, none.Count));
    }

    [Fact]
    public async Task A_limit_keeps_items_back_and_says_so()
    {
        for (int i = 0; i < 5; i++)
        {
            await PutAsync($"k{i}", "1");
        }
        RangeRequest request = new(KeyRange.Prefix(Root)) { Limit = 3 };
        RangeResult limited = await Store.RangeAsync(request);
        Assert.Equal((3, 5L, true), (limited.Items.Length, limited.Count, limited.More));
        RangeResult exact = await Store.RangeAsync(request with { Limit = 5 });
        Assert.Equal((5, 5L, false), (exact.Items.Length, exact.Count, exact.More));
        RangeResult counted = await Store.RangeAsync(request with { Limit = 0, CountOnly = true });
        Assert.Equal((0, 5L), (counted.Items.Length, counted.Count));
        RangeResult keys = await Store.RangeAsync(request with { Limit = 0, KeysOnly = true });
        Assert.Equal(["k0", "k1", "k2", "k3", "k4"], keys.Items.Select(item => item.Key[Root.Length..]));
    }

    [Fact]
    public async Task Pages_at_one_revision_are_one_picture()
    {
        for (int i = 0; i < 10; i++)
        {
            await PutAsync($"k{i}", "old");
        }
        RangeResult page = await Store.RangeAsync(new RangeRequest(KeyRange.Prefix(Root)) { Limit = 4 });
        long revision = page.Revision;
        List<KeyValue> items = [.. page.Items];
        while (page.More)
        {
            await PutAsync($"k{items.Count}", "new");
            await PutAsync($"k{items.Count}x", "new");
            page = await Store.RangeAsync(
                new RangeRequest(KeyRange.Between(items[^1].Key + "\0", KeyRange.Prefix(Root).End!))
                {
                    Limit = 4,
                    Revision = revision,
                });
            items.AddRange(page.Items);
        }
        Assert.Equal(10, items.Count);
        Assert.All(items, item => Assert.Equal("old", Text(item)));
    }

    [Fact]
    public async Task An_empty_value_and_bytes_that_are_no_text_come_back()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        await Store.PutAsync(Key("empty"), []);
        await Store.PutAsync(Key("all"), all);
        Assert.Empty((await GetAsync("empty"))!.Value);
        Assert.Equal(all, (await GetAsync("all"))!.Value);
        // A key may be any bytes, too, and its order is theirs.
        await PutAsync("\u0001\u00ff", "high");
        await PutAsync("\u0001\u007f", "low");
        RangeResult range = await Store.RangeAsync(new RangeRequest(KeyRange.Prefix(Key("\u0001"))));
        Assert.Equal(["low", "high"], range.Items.Select(Text));
    }

    [Fact]
    public async Task Compaction_ends_the_past_before_it()
    {
        await PutAsync("a", "1");
        long doomed = await PutAsync("b", "1");
        await DeleteAsync("b");
        long kept = await PutAsync("a", "2");
        await PutAsync("a", "3");
        Assert.Equal(StoreOutcome.Ok, (await Store.CompactAsync(kept)).Outcome);
        RangeResult gone = await Store.RangeAsync(new RangeRequest(KeyRange.Prefix(Root)) { Revision = doomed });
        Assert.Equal(StoreOutcome.Compacted, gone.Outcome);
        Assert.Equal(StoreOutcome.Compacted, (await Store.GetAsync(Key("a"), doomed)).Outcome);
        Assert.Equal("a=2", await ListAsync(kept));
        Assert.Equal("a=3", await ListAsync());
        Assert.True(Store.CompactRevision >= kept);
        Assert.Equal(StoreOutcome.Compacted, (await Store.CompactAsync(doomed)).Outcome);
        Assert.Equal(StoreOutcome.FutureRevision, (await Store.CompactAsync(kept + 1_000_000_000)).Outcome);
    }

    [Fact]
    public async Task Status_says_where_the_store_stands()
    {
        long revision = await PutAsync("a", "1");
        StoreStatus status = await Store.Maintenance.StatusAsync();
        Assert.True(status.Revision >= revision);
        Assert.True(status.SizeBytes > 0);
        Assert.NotEmpty(status.Version);
        Assert.True(Store.CurrentRevision >= revision);
        await Store.Maintenance.DefragmentAsync();
        Assert.Equal("a=1", await ListAsync());
    }

    [Fact]
    public async Task A_snapshot_has_bytes()
    {
        await PutAsync("a", "1");
        using MemoryStream copy = new();
        await Store.Maintenance.SnapshotAsync(copy);
        Assert.True(copy.Length > 0);
    }
}
