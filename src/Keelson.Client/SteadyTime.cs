namespace Keelson.Client;

/// <summary>
/// A time that goes on evenly: it begins with the clock's and does not step when that is set. For spans between two
/// moments of this process; what others are told or have written stays with the clock.
/// </summary>
public sealed class SteadyTime(TimeProvider clock)
{
    private readonly DateTimeOffset _begin = clock.GetUtcNow();
    private readonly long _began = clock.GetTimestamp();

    /// <summary>The present.</summary>
    public DateTimeOffset Now => _begin + clock.GetElapsedTime(_began);

    /// <summary>The steady time of something that the clock gives a time of, which is not in the future. To be asked
    /// once for each event, when it is learned of: later the clock may have been set.</summary>
    public DateTimeOffset Of(DateTimeOffset happened)
    {
        TimeSpan age = clock.GetUtcNow() - happened;
        return age > TimeSpan.Zero ? Now - age : Now;
    }
}
