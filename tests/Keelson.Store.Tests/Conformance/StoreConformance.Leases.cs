namespace Keelson.Store.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Revoking_a_lease_deletes_its_keys_at_one_revision()
    {
        LeaseResult lease = await Store.Leases.GrantAsync(600);
        Assert.Equal(StoreOutcome.Ok, lease.Outcome);
        Assert.True(lease.Id != 0 && lease.TimeToLiveSeconds >= 600);
        await PutAsync("a", "1", lease.Id);
        await PutAsync("b", "1", lease.Id);
        await PutAsync("free", "1");
        // A put without the lease takes the key off it.
        await PutAsync("c", "1", lease.Id);
        await PutAsync("c", "2");
        Assert.Equal(lease.Id, (await GetAsync("a"))!.Lease);
        LeaseResult alive = await Store.Leases.TimeToLiveAsync(lease.Id, includeKeys: true);
        Assert.Equal([Key("a"), Key("b")], alive.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(alive.TimeToLiveSeconds, 590, 600);
        Assert.Equal(600, alive.GrantedTimeToLiveSeconds);
        Assert.Contains(lease.Id, await Store.Leases.ListAsync());
        await using IStoreWatch watch = await Store.WatchAsync(new WatchRequest(KeyRange.Prefix(Root)));

        Assert.Equal(StoreOutcome.Ok, (await Store.Leases.RevokeAsync(lease.Id)).Outcome);

        Assert.Equal("c=2 free=1", await ListAsync());
        List<StoreEvent> events = await ReadAsync(watch, 2);
        Assert.Equal("-a -b", Line(events.OrderBy(change => change.Item.Key, StringComparer.Ordinal)));
        Assert.Equal(events[0].Item.ModRevision, events[1].Item.ModRevision);
        Assert.Equal(StoreOutcome.LeaseNotFound, (await Store.Leases.RevokeAsync(lease.Id)).Outcome);
        Assert.Equal(StoreOutcome.LeaseNotFound, (await Store.Leases.TimeToLiveAsync(lease.Id)).Outcome);
        Assert.Equal(StoreOutcome.LeaseNotFound, (await Store.Leases.KeepAliveAsync(lease.Id)).Outcome);
        Assert.DoesNotContain(lease.Id, await Store.Leases.ListAsync());
    }

    [Fact]
    public async Task A_lease_runs_out_unless_it_is_kept_alive()
    {
        LeaseResult doomed = await Store.Leases.GrantAsync(1);
        LeaseResult kept = await Store.Leases.GrantAsync(5);
        await PutAsync("doomed", "1", doomed.Id);
        await PutAsync("kept", "1", kept.Id);
        Assert.True(await ComesTrueAsync(async () =>
        {
            LeaseResult alive = await Store.Leases.KeepAliveAsync(kept.Id);
            Assert.Equal((StoreOutcome.Ok, 5L), (alive.Outcome, alive.TimeToLiveSeconds));
            return await ListAsync() == "kept=1";
        }));
        await Store.Leases.RevokeAsync(kept.Id);
    }

    [Fact]
    public async Task A_lease_can_have_an_id_of_choice_once()
    {
        long id = Random.Shared.NextInt64(1, long.MaxValue);
        Assert.Equal(id, (await Store.Leases.GrantAsync(600, id)).Id);
        Assert.Equal(StoreOutcome.LeaseExists, (await Store.Leases.GrantAsync(600, id)).Outcome);
        Assert.Equal(
            StoreOutcome.LeaseTimeToLiveTooLarge, (await Store.Leases.GrantAsync(9_000_000_001)).Outcome);
        await Store.Leases.RevokeAsync(id);
    }

    [Fact]
    public async Task A_deleted_key_leaves_its_lease()
    {
        LeaseResult lease = await Store.Leases.GrantAsync(600);
        await PutAsync("a", "1", lease.Id);
        await DeleteAsync("a");
        await PutAsync("a", "2");
        Assert.Empty((await Store.Leases.TimeToLiveAsync(lease.Id, includeKeys: true)).Keys);
        await Store.Leases.RevokeAsync(lease.Id);
        Assert.Equal("a=2", await ListAsync());
    }
}
