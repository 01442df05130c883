namespace Keelson.Store.Embedded;

/// <summary>
/// Says when to compact and to which revision, so that history reaches back at least as far as it should, and a tenth
/// further at most. Pure: time is passed in.
/// </summary>
internal sealed class RetentionPolicy(TimeSpan retention)
{
    private const int SamplesPerRetention = 10;

    private readonly Queue<(long AtMs, long Revision)> _samples = new();
    private readonly long _retentionMs = (long)retention.TotalMilliseconds;
    private long _sampledAtMs = long.MinValue / 2;

    /// <summary>Takes note of the revision; returns the one to compact to, 0 if none.</summary>
    public long Advance(long nowMs, long revision)
    {
        if (_retentionMs <= 0)
        {
            return 0;
        }
        if (nowMs - _sampledAtMs >= _retentionMs / SamplesPerRetention)
        {
            _samples.Enqueue((nowMs, revision));
            _sampledAtMs = nowMs;
        }
        long due = 0;
        while (_samples.TryPeek(out (long AtMs, long Revision) oldest) && nowMs - oldest.AtMs >= _retentionMs)
        {
            due = oldest.Revision;
            _samples.Dequeue();
        }
        return due;
    }
}
