using Keelson.Client.Leases;

namespace Keelson.Client.Tests.Leases;

/// <summary>Who leads, when nobody's clock can be trusted but one's own.</summary>
public sealed class LeaderElectorTests
{
    private readonly ManualClock _clock = new();
    private readonly LeaseServer _server = new();

    [Fact]
    public async Task The_first_creates_the_lease_and_the_second_waits_until_it_saw_no_change_for_its_duration()
    {
        LeaderElector first = Elector("first");
        LeaderElector second = Elector("second");
        Assert.True(await TryAsync(first));
        Assert.Equal(("first", 15, 0), Spec);

        // However old the times in the lease are, a newcomer waits its whole duration from when it first saw it.
        _clock.Advance(3600);
        Assert.False(await TryAsync(second));
        Assert.Equal("first", second.Leader);
        _clock.Advance(14.9);
        Assert.False(await TryAsync(second));
        _clock.Advance(0.1);
        Assert.True(await TryAsync(second));
        Assert.Equal(("second", 15, 1), Spec);
    }

    [Fact]
    public async Task A_leader_that_renews_stays_and_keeps_the_time_at_which_it_began()
    {
        LeaderElector first = Elector("first");
        LeaderElector second = Elector("second");
        Assert.True(await TryAsync(first));
        var acquired = _server.Lease!.Spec.AcquireTime;
        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(2);
            Assert.True(await TryAsync(first));
            Assert.False(await TryAsync(second));
        }

        Assert.Equal(acquired, _server.Lease.Spec.AcquireTime);
        Assert.Equal(40, (_server.Lease.Spec.RenewTime!.Value.Instant - acquired!.Value.Instant).TotalSeconds);
        Assert.Equal(("first", 15, 0), Spec);
    }

    [Fact]
    public async Task A_lease_that_was_given_back_is_taken_at_once()
    {
        LeaderElector first = Elector("first");
        LeaderElector second = Elector("second");
        Assert.True(await TryAsync(first));
        Assert.False(await TryAsync(second));
        await first.ReleaseAsync(CancellationToken.None);
        Assert.Equal(("", 1, 0), Spec);
        Assert.False(first.IsLeader);
        Assert.True(await TryAsync(second));
        Assert.Equal(("second", 15, 1), Spec);
    }

    [Fact]
    public async Task Who_lost_the_lease_while_away_does_not_take_it_from_the_new_leader()
    {
        LeaderElector first = Elector("first");
        LeaderElector second = Elector("second");
        Assert.True(await TryAsync(first));
        Assert.False(await TryAsync(second));
        _server.IsAway = true;
        _clock.Advance(20);
        Assert.False(await TryAsync(first));
        _server.IsAway = false;
        Assert.True(await TryAsync(second));
        Assert.False(await TryAsync(first));
        Assert.False(first.IsLeader);
        Assert.Equal("second", first.Leader);
    }

    private (string?, int?, int?) Spec => (
        _server.Lease!.Spec.HolderIdentity, _server.Lease.Spec.LeaseDurationSeconds, _server.Lease.Spec.LeaseTransitions);

    private static ValueTask<bool> TryAsync(LeaderElector elector) => elector.TryAsync(CancellationToken.None);

    private LeaderElector Elector(string identity) => new(_server, null, new LeaderElectionConfig
    {
        Identity = identity,
        Name = "work",
        Clock = _clock,
    });
}
