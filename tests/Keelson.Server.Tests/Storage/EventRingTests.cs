using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

public sealed class EventRingTests
{
    private readonly Ticks _clock = new();
    private readonly EventRing _ring;

    public EventRingTests() => _ring = new(_clock, 0);

    [Fact]
    public void Old_events_are_let_go_but_for_the_newest()
    {
        Append(1, 1000);
        _clock.Seconds += 50;
        Append(1001, 1500);
        _ring.Trim();
        Assert.Equal(0, _ring.OldestRevision);
        _clock.Seconds += 260;
        _ring.Trim();
        Assert.Equal(1000, _ring.OldestRevision);
        Assert.Equal(Enumerable.Range(1001, 500).Select(one => (long)one), After(1000));
        _clock.Seconds += 1000;
        _ring.Trim();
        Assert.Equal(1372, _ring.OldestRevision);
        Assert.Equal(128, After(1372).Count);
        Append(1501, 1600);
        Assert.Equal(1600, After(1500)[^1]);
    }

    [Fact]
    public void Who_asks_for_what_was_let_go_is_told()
    {
        Append(1, 1000);
        _clock.Seconds += 1000;
        _ring.Trim();
        Assert.Equal(-1, _ring.PositionAfter(871));
        Assert.Equal(872, _ring.PositionAfter(872));
        Assert.False(_ring.Read(871, [], 10));
    }

    private void Append(int from, int to)
    {
        StoredObject pod = StoredPods.Pod(0, 1);
        for (int revision = from; revision <= to; revision++)
        {
            _ring.Append(new(pod, null, revision));
        }
    }

    private List<long> After(long revision)
    {
        List<ObjectEvent> events = [];
        Assert.True(_ring.Read(_ring.PositionAfter(revision), events, 10_000));
        return [.. events.Select(one => one.Revision)];
    }

    private sealed class Ticks : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
