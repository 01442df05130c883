namespace Keelson.Cluster.Tests.Pki;

/// <summary>A clock that stands until it is set; timers fire when told to.</summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    private readonly List<(TimerCallback Callback, object? State)> timers = [];

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        timers.Add((callback, state));
        return new Idle();
    }

    public void FireTimers() => timers.ForEach(timer => timer.Callback(timer.State));

    private sealed class Idle : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;
        public void Dispose() { }
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
