using System.Collections.Concurrent;

namespace Keelson.Nodes.Tests.Nodes;

/// <summary>A clock on which nothing that waits goes on until it is told to.</summary>
internal sealed class HeldClock : TimeProvider
{
    private readonly ConcurrentQueue<HeldTimer> _timers = new();

    /// <summary>For how long those wait that wait now.</summary>
    public IEnumerable<TimeSpan> Waiting => _timers.Where(static one => one.IsOn).Select(static one => one.Due);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        HeldTimer timer = new(() => callback(state), dueTime);
        _timers.Enqueue(timer);
        return timer;
    }

    /// <summary>Lets all go on that wait.</summary>
    public void Release()
    {
        // What begins to wait meanwhile waits on.
        for (int left = _timers.Count; left > 0 && _timers.TryDequeue(out HeldTimer? timer); left--)
        {
            timer.Fire();
        }
    }

    private sealed class HeldTimer(Action callback, TimeSpan due) : ITimer
    {
        private volatile bool _isOver;

        public TimeSpan Due => due;

        public bool IsOn => !_isOver && due != Timeout.InfiniteTimeSpan;

        public void Fire()
        {
            if (IsOn)
            {
                callback();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !_isOver;

        public void Dispose() => _isOver = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
