namespace Keelson.Rpc.Server;

/// <summary>A call's end: the client's going away or its deadline, whichever is first.</summary>
internal sealed class CallClock : IDisposable
{
    private readonly CancellationTokenSource? deadline;
    private readonly CancellationTokenSource? either;
    private readonly TimeProvider time;
    private readonly DateTimeOffset endsAt;

    public CallClock(TimeSpan? timeout, TimeProvider time, CancellationToken aborted)
    {
        this.time = time;
        Token = aborted;
        if (timeout is { } limit)
        {
            DateTimeOffset now = time.GetUtcNow();
            endsAt = limit < DateTimeOffset.MaxValue - now ? now + limit : DateTimeOffset.MaxValue;

            // A timer reaches 49 days; a call that says more has no deadline worth a timer.
            deadline = limit.TotalMilliseconds > uint.MaxValue - 1
                ? new CancellationTokenSource()
                : new CancellationTokenSource(limit, time);
            either = CancellationTokenSource.CreateLinkedTokenSource(aborted, deadline.Token);
            Token = either.Token;
        }
    }

    public CancellationToken Token { get; }

    public bool DeadlinePassed => deadline is { IsCancellationRequested: true };

    public TimeSpan? Remaining
    {
        get
        {
            if (deadline is null)
            {
                return null;
            }

            TimeSpan left = endsAt - time.GetUtcNow();
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void Dispose()
    {
        either?.Dispose();
        deadline?.Dispose();
    }
}
