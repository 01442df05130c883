namespace Keelson.EndToEnd.Tests;

public sealed class MemoryUpkeepTests
{
    private const long Mega = 1 << 20;

    private readonly List<bool> _collections = [];
    private long _allocated;
    private long _heap = 100 * Mega;

    [Fact]
    public void Memory_is_given_back_once_when_the_program_falls_quiet_after_a_burst()
    {
        Ticks ticks = new();
        using MemoryUpkeep upkeep = new(ticks, () => (_allocated, _heap), _collections.Add);
        After(ticks, 500 * Mega);
        Assert.Empty(_collections);
        After(ticks, 1 * Mega);
        Assert.Equal([true], _collections);
        After(ticks, 1 * Mega);
        Assert.Equal([true], _collections);
    }

    [Fact]
    public void What_outlives_a_burst_for_a_while_is_given_back_later()
    {
        Ticks ticks = new();
        using MemoryUpkeep upkeep = new(ticks, () => (_allocated, _heap), _collections.Add);
        After(ticks, 500 * Mega);
        for (int i = 0; i < 100; i++)
        {
            After(ticks, 0);
        }

        Assert.Equal(2, _collections.Count);
    }

    [Fact]
    public void A_trickle_is_collected_now_and_then()
    {
        Ticks ticks = new();
        using MemoryUpkeep upkeep = new(ticks, () => (_allocated, _heap), _collections.Add);
        for (int i = 0; i < 100; i++)
        {
            After(ticks, 1 * Mega);
        }

        Assert.InRange(_collections.Count, 2, 3);
    }

    [Fact]
    public void A_small_program_is_collected_more_often()
    {
        Ticks ticks = new();
        using MemoryUpkeep upkeep = new(ticks, () => (_allocated, _heap), _collections.Add);
        _heap = 10 * Mega;
        for (int i = 0; i < 100; i++)
        {
            After(ticks, 1 * Mega);
        }

        Assert.InRange(_collections.Count, 9, 11);
    }

    [Fact]
    public void A_large_heap_is_not_compacted_while_the_program_stands_still()
    {
        Ticks ticks = new();
        using MemoryUpkeep upkeep = new(ticks, () => (_allocated, _heap), _collections.Add);
        _heap = 2000 * Mega;
        After(ticks, 500 * Mega);
        After(ticks, 0);
        Assert.Equal([false], _collections);
    }

    private void After(Ticks ticks, long allocated)
    {
        _allocated += allocated;
        ticks.Tick();
    }

    private sealed class Ticks : TimeProvider
    {
        private TimerCallback? _callback;

        public void Tick() => _callback!(null);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
