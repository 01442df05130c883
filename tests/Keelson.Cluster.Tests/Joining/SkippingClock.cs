namespace Keelson.Cluster.Tests.Joining;

/// <summary>The system's clock, but that it can be put forward: then all timers that are longer than a moment are
/// over.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly List<(ITimer Timer, TimeSpan Due)> _timers = [];
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_timers)
        {
            return System.GetUtcNow() + _ahead;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_timers)
        {
            ITimer timer = System.CreateTimer(callback, state, dueTime, period);
            _timers.Add((timer, dueTime));
            return timer;
        }
    }

    public void Skip(TimeSpan time)
    {
        lock (_timers)
        {
            _ahead += time;
            foreach ((ITimer timer, _) in _timers.Where(static one => one.Due > TimeSpan.FromMinutes(1)))
            {
                timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            _timers.Clear();
        }
    }
}
