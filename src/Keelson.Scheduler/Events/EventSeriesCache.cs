using Event = Keelson.Api.Events.V1.Event;

namespace Keelson.Scheduler.Events;

/// <summary>Remembers which events are being repeated.</summary>
internal sealed class EventSeriesCache(TimeSpan end)
{
    private const int Most = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<EventIdentity, Entry> _entries = [];

    /// <summary>
    /// True when the event was seen a while ago; <paramref name="first"/> is that one when the repetition is to be
    /// written: at the second time, and then each time the number doubles.
    /// </summary>
    public bool Repeats(Event one, DateTimeOffset now, out Event? first, out int count)
    {
        EventIdentity identity = EventIdentity.Of(one);
        lock (_gate)
        {
            if (!_entries.TryGetValue(identity, out Entry? entry) || now - entry.Last > end)
            {
                Trim(now);
                _entries[identity] = new(one, now);
                first = null;
                count = 1;
                return false;
            }

            entry.Last = now;
            count = ++entry.Count;
            first = int.IsPow2(count) ? entry.First : null;
            return true;
        }
    }

    private void Trim(DateTimeOffset now)
    {
        if (_entries.Count < Most)
        {
            return;
        }

        foreach (EventIdentity old in _entries.Where(one => now - one.Value.Last > end).Select(static one => one.Key)
            .ToList())
        {
            _entries.Remove(old);
        }

        if (_entries.Count >= Most)
        {
            _entries.Clear();
        }
    }

    private readonly record struct EventIdentity(
        string Type, string Action, string Reason, string Controller, string Uid, string ResourceVersion,
        string RelatedUid)
    {
        public static EventIdentity Of(Event one) => new(
            one.Type, one.Action, one.Reason, one.ReportingController, one.Regarding.Uid, one.Regarding.ResourceVersion,
            one.Related?.Uid ?? "");
    }

    private sealed class Entry(Event first, DateTimeOffset last)
    {
        public Event First { get; } = first;

        public DateTimeOffset Last { get; set; } = last;

        public int Count { get; set; } = 1;
    }
}
