namespace Keelson.Nodes.PodResourcesApi;

/// <summary>Lets so many calls a second through, and some more at once after a pause.</summary>
/// <param name="perSecond">How many a second.</param>
/// <param name="burst">How many at once.</param>
/// <param name="clock">The clock.</param>
internal sealed class CallLimit(int perSecond, int burst, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _left = burst;
    private long _at = clock.GetTimestamp();

    /// <summary>True for a call that may be served.</summary>
    public bool Allows()
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            _left = Math.Min(burst, _left + (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
            _at = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
