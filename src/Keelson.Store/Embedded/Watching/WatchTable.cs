namespace Keelson.Store.Embedded.Watching;

/// <summary>Something that wants the events of a range of keys.</summary>
internal abstract class Watcher(WatchRequest request, long startRevision)
{
    public KeyRange Keys { get; } = request.Keys;

    public bool PreviousValues { get; } = request.PreviousValues;

    public bool ProgressNotifications { get; } = request.ProgressNotifications;

    /// <summary>Events before this revision are not wanted.</summary>
    public long StartRevision { get; } = startRevision;

    /// <summary>True if the watcher wants the event.</summary>
    public bool Wants(in StoreEvent change) =>
        change.Item.ModRevision >= StartRevision && Keys.Contains(change.Item.Key);

    /// <summary>The event as the watcher asked for it.</summary>
    public StoreEvent Shape(in StoreEvent change) =>
        PreviousValues || change.Previous is null ? change : new StoreEvent(change.Item, null);
}

/// <summary>
/// Watchers in order of where their ranges start; never changes. Each place also knows how far the ranges up to it
/// reach at most, so the search for a key walks back from the last range that starts before it and stops as soon as
/// none of the rest can reach it.
/// </summary>
internal sealed class WatchTable
{
    private readonly Watcher[] _watchers;
    private readonly string?[] _reaches;

    private WatchTable(Watcher[] watchers)
    {
        _watchers = watchers;
        _reaches = new string?[watchers.Length];
        string? reach = "";
        for (int i = 0; i < watchers.Length; i++)
        {
            reach = Further(reach, EndOf(watchers[i].Keys));
            _reaches[i] = reach;
        }
    }

    public static WatchTable Empty { get; } = new([]);

    public ReadOnlySpan<Watcher> All => _watchers;

    public WatchTable With(Watcher watcher)
    {
        int index = CountStartingAtOrBefore(watcher.Keys.Start);
        Watcher[] watchers = new Watcher[_watchers.Length + 1];
        _watchers.AsSpan(0, index).CopyTo(watchers);
        watchers[index] = watcher;
        _watchers.AsSpan(index).CopyTo(watchers.AsSpan(index + 1));
        return new WatchTable(watchers);
    }

    public WatchTable Without(Watcher watcher)
    {
        int index = Array.IndexOf(_watchers, watcher);
        return index < 0 ? this : new WatchTable([.. _watchers[..index], .. _watchers[(index + 1)..]]);
    }

    /// <summary>Adds to the list every watcher that wants the event.</summary>
    public void Find(in StoreEvent change, List<Watcher> found)
    {
        string key = change.Item.Key;
        for (int i = CountStartingAtOrBefore(key) - 1; i >= 0; i--)
        {
            if (_reaches[i] is { } reach && string.CompareOrdinal(reach, key) <= 0)
            {
                return;
            }
            if (_watchers[i].Wants(change))
            {
                found.Add(_watchers[i]);
            }
        }
    }

    private static string? EndOf(in KeyRange keys) => keys.IsSingleKey ? keys.Start + "\0" : keys.End;

    private static string? Further(string? one, string? other) =>
        one is null || other is null ? null : string.CompareOrdinal(one, other) > 0 ? one : other;

    private int CountStartingAtOrBefore(string key)
    {
        int low = 0;
        int high = _watchers.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_watchers[middle].Keys.Start, key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
