namespace Keelson.Store.Tests.Embedded.Simulation;

/// <summary>A clock that stands still unless it is moved.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private long _nowMs;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _nowMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(_nowMs);

    public void Advance(TimeSpan by) => _nowMs += (long)by.TotalMilliseconds;
}
