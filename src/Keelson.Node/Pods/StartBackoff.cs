namespace Keelson.Nodes.Pods;

/// <summary>
/// When things that fail are tried again: at once, then 10 s later, doubled each time up to five minutes (upstream's
/// flowcontrol.Backoff). What went well for ten minutes begins anew. Not for several threads.
/// </summary>
internal sealed class StartBackoff
{
    /// <summary>The first wait.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    private static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(600);
    private readonly Dictionary<string, (TimeSpan Wait, DateTimeOffset At)> _entries = new(StringComparer.Ordinal);
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;

    /// <summary>A back-off with upstream's waits, or others.</summary>
    public StartBackoff(TimeSpan? first = null, TimeSpan? longest = null)
    {
        _longest = longest ?? Longest;
        TimeSpan begin = first ?? First;
        _first = begin < _longest ? begin : _longest;
    }

    /// <summary>How long something that happened at a time still has to wait; null when it need not.</summary>
    public TimeSpan? Remaining(string key, DateTimeOffset happened, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(key, out (TimeSpan Wait, DateTimeOffset At) entry) || IsExpired(entry.At, happened))
        {
            return null;
        }

        TimeSpan passed = now - happened;
        return passed < entry.Wait ? entry.Wait - passed : null;
    }

    /// <summary>The wait that holds.</summary>
    public TimeSpan Wait(string key) => _entries.TryGetValue(key, out (TimeSpan Wait, DateTimeOffset At) entry)
        ? entry.Wait : default;

    /// <summary>Notes that it happened again, and makes the next wait longer.</summary>
    public void Next(string key, DateTimeOffset happened, DateTimeOffset now)
    {
        bool isNew = !_entries.TryGetValue(key, out (TimeSpan Wait, DateTimeOffset At) entry)
            || IsExpired(entry.At, happened);
        TimeSpan wait = isNew ? _first : entry.Wait * 2;
        _entries[key] = (wait < _longest ? wait : _longest, now);
    }

    /// <summary>Forgets.</summary>
    public void Reset(string key) => _entries.Remove(key);

    private static bool IsExpired(DateTimeOffset last, DateTimeOffset happened) => happened - last > Forgiven;
}
