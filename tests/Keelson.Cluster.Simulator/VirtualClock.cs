namespace Keelson.Cluster.Simulator;

/// <summary>Time that stands still until <see cref="Step"/> goes on to the next timer.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _due = new();
    private long _now = TimeSpan.TicksPerHour;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long the simulation has run.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(GetTimestamp() - TimeSpan.TicksPerHour);

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on to the next timer and runs it; false when there is none.</summary>
    public bool Step()
    {
        VirtualTimer? timer = null;
        lock (_gate)
        {
            while (timer is null && _due.TryDequeue(out var next, out (long Due, long Order) at))
            {
                if (next.Version == next.Timer.Version)
                {
                    timer = next.Timer;
                    Volatile.Write(ref _now, Math.Max(_now, at.Due));
                }
            }
        }

        timer?.Fire();
        return timer is not null;
    }

    private void Schedule(VirtualTimer timer, TimeSpan after)
    {
        lock (_gate)
        {
            timer.Version++;
            if (after != Timeout.InfiniteTimeSpan)
            {
                _due.Enqueue((timer, timer.Version), (_now + Math.Max(0, after.Ticks), _order++));
            }
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public int Version { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period;
            clock.Schedule(this, dueTime);
            return true;
        }

        public void Fire()
        {
            clock.Schedule(this, _period);
            callback(state);
        }

        public void Dispose() => clock.Schedule(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
