namespace Keelson.Server.Storage;

/// <summary>A change of one object: what stood there before, what stands there now, and the revision that did
/// it.</summary>
/// <param name="obj">The new version; null when the object was deleted.</param>
/// <param name="previous">The version before; null when the object was created.</param>
/// <param name="revision">The revision of the change.</param>
internal sealed class ObjectEvent(StoredObject? obj, StoredObject? previous, long revision)
{
    private StoredObject? _gone;

    /// <summary>The new version; null when the object was deleted.</summary>
    public StoredObject? Object { get; } = obj;

    /// <summary>The version before; null when the object was created.</summary>
    public StoredObject? Previous { get; } = previous;

    /// <summary>The revision of the change.</summary>
    public long Revision { get; } = revision;

    /// <summary>
    /// How watchers that no longer see the object are told: the version before, at the revision that took it away from
    /// them. One for all of them, so that it is encoded once.
    /// </summary>
    public StoredObject Gone => _gone ?? Interlocked.CompareExchange(ref _gone, Previous!.At(Revision), null) ?? _gone;

    /// <summary>Lets go what was made of versions that are not the newest: watchers who are on time have had
    /// them.</summary>
    public void ReleaseForms()
    {
        Previous?.ReleaseForms();
        _gone?.ReleaseForms();
    }
}

/// <summary>
/// The recent changes of a resource, in order, as a ring that watchers read at their own pace. Whoever falls behind the
/// ring's tail is cut off; nobody slows the writer.
/// </summary>
internal sealed class EventRing
{
    private const int SmallestCapacity = 128;

    /// <summary>What the ring may hold at most; a resource with few changes never grows that far.</summary>
    private const int LargestCapacity = 16 * 1024;

    /// <summary>
    /// Events beyond the smallest capacity are let go when they are so old: as long as the store's history is kept, and
    /// longer than a client needs to come back.
    /// </summary>
    private static readonly TimeSpan KeepAtMost = TimeSpan.FromMinutes(5);

    /// <summary>Replaced versions keep their forms for so many changes, as long as watchers may be about to ask for
    /// them.</summary>
    private const int KeepFormsOf = 128;

    /// <summary>Events are kept at least this long, as far as the capacity allows; a watch may come back that
    /// late.</summary>
    private static readonly TimeSpan KeepAtLeast = TimeSpan.FromSeconds(75);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private (ObjectEvent Event, long Stamp)[] _slots = new (ObjectEvent, long)[SmallestCapacity];
    private long _next;
    private long _first;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventRing(TimeProvider clock, long revision)
    {
        _clock = clock;
        OldestRevision = revision;
    }

    /// <summary>Changes after this revision are all in the ring.</summary>
    public long OldestRevision { get; private set; }

    /// <summary>The number that the next event will have.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Appends a change.</summary>
    public void Append(ObjectEvent change)
    {
        lock (_gate)
        {
            long now = _clock.GetTimestamp();
            if (_next - _first == _slots.Length)
            {
                MakeRoom(now);
            }

            _slots[_next % _slots.Length] = (change, now);
            _next++;
            if (_next - _first > KeepFormsOf)
            {
                _slots[(_next - 1 - KeepFormsOf) % _slots.Length].Event.ReleaseForms();
            }
        }
    }

    /// <summary>Wakes everybody who waits.</summary>
    public void Signal()
    {
        TaskCompletionSource waiters = Interlocked.Exchange(
            ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        waiters.TrySetResult();
    }

    /// <summary>Completes at the next signal. Take it before looking for events, or one may be missed.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>The number of the first event after a revision; -1 when the ring does not reach back that
    /// far.</summary>
    public long PositionAfter(long revision)
    {
        lock (_gate)
        {
            if (revision < OldestRevision)
            {
                return -1;
            }

            long low = _first;
            long high = _next;
            while (low < high)
            {
                long middle = (low + high) / 2;
                if (_slots[middle % _slots.Length].Event.Revision <= revision)
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

    /// <summary>Takes the events from a number on, at most as many as the list's room; false when they are
    /// gone.</summary>
    public bool Read(long position, List<ObjectEvent> into, int most)
    {
        lock (_gate)
        {
            if (position < _first)
            {
                return false;
            }

            for (long at = position; at < _next && into.Count < most; at++)
            {
                into.Add(_slots[at % _slots.Length].Event);
            }

            return true;
        }
    }

    /// <summary>Lets old events go, and the room that they took.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            long now = _clock.GetTimestamp();
            while (_next - _first > SmallestCapacity
                && _clock.GetElapsedTime(_slots[_first % _slots.Length].Stamp, now) > KeepAtMost)
            {
                DropOldest();
            }

            int needed = SmallestCapacity;
            while (needed < _next - _first)
            {
                needed *= 2;
            }

            // A ring that is half empty stays, so that a steady flow of changes does not move it to and fro.
            if (needed * 2 < _slots.Length)
            {
                Resize(needed);
            }
        }
    }

    private void MakeRoom(long now)
    {
        bool stillYoung = _clock.GetElapsedTime(_slots[_first % _slots.Length].Stamp, now) < KeepAtLeast;
        if (stillYoung && _slots.Length < LargestCapacity)
        {
            Resize(_slots.Length * 2);
        }
        else
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        ref (ObjectEvent Event, long Stamp) slot = ref _slots[_first % _slots.Length];
        OldestRevision = slot.Event.Revision;
        slot = default;
        _first++;
    }

    private void Resize(int capacity)
    {
        (ObjectEvent, long)[] slots = new (ObjectEvent, long)[capacity];
        for (long at = _first; at < _next; at++)
        {
            slots[at % capacity] = _slots[at % _slots.Length];
        }

        _slots = slots;
    }
}
