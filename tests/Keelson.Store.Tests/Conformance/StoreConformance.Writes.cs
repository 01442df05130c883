namespace Keelson.Store.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Put_if_absent_puts_once()
    {
        WriteResult first = await Store.PutIfAsync(Key("a"), Bytes("1"), 0);
        Assert.Equal(StoreOutcome.Ok, first.Outcome);
        WriteResult second = await Store.PutIfAsync(Key("a"), Bytes("2"), 0);
        Assert.Equal(StoreOutcome.Conflict, second.Outcome);
        Assert.Equal(("1", first.Revision), (Text(second.Current), second.Current!.ModRevision));
        Assert.Equal("a=1", await ListAsync());
    }

    [Fact]
    public async Task Put_if_unchanged_puts_only_then()
    {
        long first = await PutAsync("a", "1");
        WriteResult second = await Store.PutIfAsync(Key("a"), Bytes("2"), first);
        Assert.Equal(StoreOutcome.Ok, second.Outcome);
        Assert.Equal((await GetAsync("a"))!.ModRevision, second.Revision);
        WriteResult stale = await Store.PutIfAsync(Key("a"), Bytes("3"), first);
        Assert.Equal((StoreOutcome.Conflict, "2"), (stale.Outcome, Text(stale.Current)));
        WriteResult early = await Store.PutIfAsync(Key("a"), Bytes("3"), second.Revision + 1_000_000);
        Assert.Equal((StoreOutcome.Conflict, "2"), (early.Outcome, Text(early.Current)));
        WriteResult absent = await Store.PutIfAsync(Key("b"), Bytes("3"), first);
        Assert.Equal(StoreOutcome.Conflict, absent.Outcome);
        Assert.Null(absent.Current);
        Assert.Equal("a=2", await ListAsync());
    }

    [Fact]
    public async Task Delete_if_unchanged_deletes_only_then()
    {
        long first = await PutAsync("a", "1");
        long second = await PutAsync("a", "2");
        WriteResult stale = await Store.DeleteIfAsync(Key("a"), first);
        Assert.Equal((StoreOutcome.Conflict, "2"), (stale.Outcome, Text(stale.Current)));
        WriteResult done = await Store.DeleteIfAsync(Key("a"), second);
        Assert.Equal(StoreOutcome.Ok, done.Outcome);
        Assert.True(done.Revision > second);
        WriteResult gone = await Store.DeleteIfAsync(Key("a"), second);
        Assert.Equal(StoreOutcome.Conflict, gone.Outcome);
        Assert.Null(gone.Current);
        Assert.Equal("", await ListAsync());
        Assert.Equal("a=2", await ListAsync(second));
    }

    [Fact]
    public async Task Of_many_that_put_at_the_same_revision_one_wins()
    {
        long revision = await PutAsync("counter", "0");
        for (int round = 0; round < 5; round++)
        {
            WriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 20).Select(writer =>
                Task.Run(async () => await Store.PutIfAsync(Key("counter"), Bytes($"{writer}"), revision))));
            WriteResult winner = Assert.Single(results, result => result.Outcome == StoreOutcome.Ok);
            Assert.All(results, result => Assert.True(
                result.Outcome == StoreOutcome.Ok || result.Current!.ModRevision == winner.Revision));
            revision = winner.Revision;
        }
        Assert.Equal(6, (await GetAsync("counter"))!.Version);
    }

    [Fact]
    public async Task A_transaction_writes_all_at_one_revision()
    {
        await PutAsync("old1", "x");
        await PutAsync("old2", "y");
        TxnResult result = await Store.TxnAsync(new TxnRequest
        {
            Success =
            [
                new PutOperation(Key("a"), Bytes("1")),
                new DeleteOperation(KeyRange.Prefix(Key("old"))) { ReturnPrevious = true },
                new PutOperation(Key("b"), Bytes("2")),
                new RangeOperation(new RangeRequest(KeyRange.Prefix(Root))),
            ],
        });
        Assert.Equal((StoreOutcome.Ok, true), (result.Outcome, result.Succeeded));
        Assert.Equal(2, result.Responses[1].Deleted);
        Assert.Equal("old1=x old2=y", Line(result.Responses[1].Previous));
        Assert.Equal("a=1 b=2", Line(result.Responses[3].Range!.Items));
        Assert.Equal(result.Revision, (await GetAsync("a"))!.ModRevision);
        Assert.Equal(result.Revision, (await GetAsync("b"))!.ModRevision);
        Assert.Equal("old1=x old2=y", await ListAsync(result.Revision - 1));
    }

    [Fact]
    public async Task Compares_choose_the_branch()
    {
        LeaseResult lease = await Store.Leases.GrantAsync(600);
        long created = await PutAsync("a", "m");
        long changed = await PutAsync("a", "n", lease.Id);
        (Compare Compare, bool Holds)[] table =
        [
            (Compare.ModRevision(Key("a"), CompareOperator.Equal, changed), true),
            (Compare.ModRevision(Key("a"), CompareOperator.Less, changed), false),
            (Compare.ModRevision(Key("a"), CompareOperator.Greater, created), true),
            (Compare.CreateRevision(Key("a"), CompareOperator.Equal, created), true),
            (Compare.CreateRevision(Key("a"), CompareOperator.NotEqual, created), false),
            (Compare.Version(Key("a"), CompareOperator.Equal, 2), true),
            (Compare.Version(Key("a"), CompareOperator.Greater, 2), false),
            (Compare.Lease(Key("a"), CompareOperator.Equal, lease.Id), true),
            (Compare.Lease(Key("a"), CompareOperator.Equal, 0), false),
            (Compare.ValueOf(Key("a"), CompareOperator.Equal, Bytes("n")), true),
            (Compare.ValueOf(Key("a"), CompareOperator.Greater, Bytes("m")), true),
            (Compare.ValueOf(Key("a"), CompareOperator.Less, Bytes("m")), false),
            (Compare.ModRevision(Key("none"), CompareOperator.Equal, 0), true),
            (Compare.CreateRevision(Key("none"), CompareOperator.Equal, 0), true),
            (Compare.Version(Key("none"), CompareOperator.NotEqual, 0), false),
            (Compare.ValueOf(Key("none"), CompareOperator.NotEqual, Bytes("x")), false),
        ];
        foreach ((Compare compare, bool holds) in table)
        {
            TxnResult result = await Store.TxnAsync(new TxnRequest { Compares = [compare] });
            Assert.Equal((StoreOutcome.Ok, holds), (result.Outcome, result.Succeeded));
        }
        TxnResult all = await Store.TxnAsync(new TxnRequest
        {
            Compares = [table[0].Compare, table[1].Compare],
            Success = [new PutOperation(Key("yes"), [])],
            Failure = [new PutOperation(Key("no"), [])],
        });
        Assert.False(all.Succeeded);
        Assert.Equal("a=n no=", await ListAsync());
        await Store.Leases.RevokeAsync(lease.Id);
    }

    [Fact]
    public async Task What_changes_nothing_makes_no_revision()
    {
        long revision = await PutAsync("a", "1");
        TxnResult nothing = await Store.DeleteAsync(KeyRange.Prefix(Key("none")));
        Assert.Equal((StoreOutcome.Ok, 0L), (nothing.Outcome, nothing.Responses[0].Deleted));
        TxnResult read = await Store.TxnAsync(
            new TxnRequest { Success = [new RangeOperation(new RangeRequest(KeyRange.Prefix(Root)))] });
        Assert.Equal("a=1", Line(read.Responses[0].Range!.Items));
        Assert.Equal(revision, read.Revision);
        // The same value again is a change all the same.
        Assert.True(await PutAsync("a", "1") > revision);
    }

    [Fact]
    public async Task A_put_can_return_what_it_replaced()
    {
        TxnRequest request = new() { Success = [new PutOperation(Key("a"), Bytes("2")) { ReturnPrevious = true }] };
        Assert.Empty((await Store.TxnAsync(request)).Responses[0].Previous);
        Assert.Equal("a=2", Line((await Store.TxnAsync(request)).Responses[0].Previous));
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_refused_whole()
    {
        PutOperation put = new(Key("a"), Bytes("1"));
        async Task RefusedAsync(StoreOutcome expected, params TxnOperation[] operations) => Assert.Equal(
            expected, (await Store.TxnAsync(new TxnRequest { Success = [.. operations] })).Outcome);
        await RefusedAsync(StoreOutcome.DuplicateKey, put, put);
        await RefusedAsync(StoreOutcome.DuplicateKey, new DeleteOperation(KeyRange.Prefix(Root)), put);
        await RefusedAsync(StoreOutcome.EmptyKey, new PutOperation("", Bytes("1")));
        await RefusedAsync(StoreOutcome.LeaseNotFound, put with { Lease = 4711 });
        await RefusedAsync(StoreOutcome.TooLarge, put with { Value = new byte[4 << 20] });
        await RefusedAsync(
            StoreOutcome.TooManyOperations,
            [.. Enumerable.Range(0, 1000).Select(i => new PutOperation(Key($"{i}"), []))]);
        await RefusedAsync(
            StoreOutcome.FutureRevision,
            put, new RangeOperation(new RangeRequest(KeyRange.Prefix(Root)) { Revision = 1L << 60 }));
        Assert.Equal(StoreOutcome.EmptyKey, (await Store.GetAsync("")).Outcome);
        Assert.Equal(StoreOutcome.EmptyKey, (await Store.PutIfAsync("", [], 0)).Outcome);
        Assert.Equal(StoreOutcome.TooLarge, (await Store.PutIfAsync(Key("a"), new byte[4 << 20], 0)).Outcome);
        Assert.Equal(StoreOutcome.LeaseNotFound, (await Store.PutIfAsync(Key("a"), [], 0, lease: 4711)).Outcome);
        Assert.Equal("", await ListAsync());
    }
}
