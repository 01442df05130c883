using System.Collections.Concurrent;
using Keelson.Client;

namespace Keelson.Nodes.Server.Access;

/// <summary>
/// Remembers what the API answered, each answer for a time of its own. Bounded: what is over goes first.
/// </summary>
internal sealed class ReviewCache<T>(TimeProvider clock)
{
    private const int EntriesMax = 4096;
    private readonly SteadyTime _time = new(clock);
    private readonly ConcurrentDictionary<string, (T Value, DateTimeOffset Until)> _entries =
        new(StringComparer.Ordinal);

    /// <summary>The answer to a question, if it still holds.</summary>
    public bool TryGet(string question, out T value)
    {
        bool known = _entries.TryGetValue(question, out var entry) && _time.Now < entry.Until;
        value = entry.Value;
        return known;
    }

    /// <summary>Keeps an answer.</summary>
    public void Keep(string question, T value, TimeSpan lifetime)
    {
        DateTimeOffset now = _time.Now;
        if (_entries.Count >= EntriesMax)
        {
            foreach (var one in _entries.Where(one => one.Value.Until <= now).ToArray())
            {
                _entries.TryRemove(one.Key, out _);
            }

            if (_entries.Count >= EntriesMax)
            {
                _entries.Clear();
            }
        }

        _entries[question] = (value, now + lifetime);
    }
}
