using Keelson.Server.Events;
using Keelson.Store;
using Keelson.Store.Embedded;

namespace Keelson.Server.Tests.Events;

public sealed class EventLeasesTests
{
    [Fact]
    public async Task Events_of_a_minute_share_a_lease_that_outlives_the_last_of_them()
    {
        Clock clock = new();
        await using EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions());
        EventLeases leases = new(store, TimeSpan.FromHours(1), clock);
        long first = await leases.TakeAsync(CancellationToken.None);
        clock.Now += TimeSpan.FromSeconds(59);
        Assert.Equal(first, await leases.TakeAsync(CancellationToken.None));
        clock.Now += TimeSpan.FromSeconds(2);
        Assert.NotEqual(first, await leases.TakeAsync(CancellationToken.None));
        LeaseResult lease = await store.Leases.TimeToLiveAsync(first);
        Assert.Equal(3660, lease.GrantedTimeToLiveSeconds);
    }

    [Fact]
    public async Task A_lease_holds_a_thousand_events_at_most()
    {
        await using EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions());
        EventLeases leases = new(store, TimeSpan.FromHours(1), new Clock());
        List<long> taken = [];
        for (int i = 0; i < 1001; i++)
        {
            taken.Add(await leases.TakeAsync(CancellationToken.None));
        }

        Assert.Equal(1000, taken.Count(one => one == taken[0]));
        Assert.NotEqual(taken[0], taken[^1]);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
