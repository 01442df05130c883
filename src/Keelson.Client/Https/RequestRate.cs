namespace Keelson.Client.Https;

/// <summary>A bucket of tokens: so many requests at once, so many a second afterwards; who comes too early
/// waits.</summary>
internal sealed class RequestRate(double perSecond, int burst, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _filled = clock.GetTimestamp();

    /// <summary>Waits for a turn. Turns are given in the order of the calls.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (perSecond <= 0)
        {
            return Task.CompletedTask;
        }

        TimeSpan wait = Take();
        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
    }

    private TimeSpan Take()
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            double gained = clock.GetElapsedTime(_filled, now).TotalSeconds * perSecond;
            _tokens = Math.Min(Math.Max(burst, 1), _tokens + gained) - 1;
            _filled = now;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / perSecond);
        }
    }
}
